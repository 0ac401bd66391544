// MicroNet M0-M3: Li et al., "MicroNet: Improving Image Recognition with Extremely Low FLOPs", ICCV 2021, as released.

#include <array>

#include "pipelines/networks/dynamic_layers.h"
#include "pipelines/networks/families.h"

namespace lithe {
namespace {

struct MicroRow {
  int64_t kernel, stride, out;
  int64_t expand;                     // hidden channels over input channels
  std::array<int64_t, 2> in_groups;   // 0 first: no pointwise convolution before the depthwise pair (Micro-Block-A)
  std::array<int64_t, 2> out_groups;  // 0: no depthwise pair either, the last block
  std::array<int64_t, 3> shift_max;   // branches behind expansion, depthwise pair and output: 0 none, 1 one, 2 two
  int64_t ratio;                      // of the squeeze inside Shift-Max
};

struct MicroNet {
  std::string name;
  std::array<int64_t, 2> stem;  // channels of its 3 x 1 half, factor of its 1 x 3 half
  std::vector<MicroRow> rows;
  int64_t head;
  std::string dropout;
  std::vector<double> offsets;  // a_1, b_1, a_2, b_2 of two-branch Shift-Max
  std::vector<Published> published;
};

// clang-format off
constexpr const char* kRounded = "README of the authors, rule unknown";
const std::vector<double> kIdentity = {1, 0, 1, 0}, kMixing = {1, 0, 0.5, 0.5};

const std::vector<MicroNet>& table() {
  static const std::vector<MicroNet> all = {
      // kernel stride C_out expand G_in      G_out     shift_max ratio
      {"micronet_m0", {2, 2}, {
          {3,   2,     8,    4,     {0, 4},   {2, 2},   {2, 0, 1}, 1},
          {3,   2,     12,   4,     {0, 8},   {4, 4},   {2, 2, 1}, 1},
          {5,   2,     16,   4,     {0, 12},  {4, 4},   {2, 2, 1}, 1},
          {5,   1,     32,   4,     {4, 4},   {4, 4},   {2, 2, 1}, 1},
          {5,   2,     64,   4,     {8, 8},   {8, 8},   {2, 2, 1}, 1},
          {3,   1,     96,   4,     {8, 8},   {8, 8},   {2, 2, 1}, 2},
          {3,   1,     384,  4,     {12, 12}, {0, 0},   {2, 2, 1}, 2}},
       640, "0.05", kIdentity,
       {{"parameters", 1.0e6, kReadme}, {"MAdds (b)", 4e6, kRounded}, {"MAdds (a)", 3448880, kCounted},
        {"MAdds (c)", 4240720, kCounted}, {"top-1 %", 46.6, kReadme}}},
      {"micronet_m1", {3, 2}, {
          {3,   2,     8,    4,     {0, 6},   {2, 2},   {2, 0, 1}, 1},
          {3,   2,     16,   4,     {0, 8},   {4, 4},   {2, 2, 1}, 1},
          {5,   2,     16,   4,     {0, 16},  {4, 4},   {2, 2, 1}, 1},
          {5,   1,     32,   6,     {4, 4},   {4, 4},   {2, 2, 1}, 1},
          {5,   2,     64,   6,     {8, 8},   {8, 8},   {2, 2, 1}, 1},
          {3,   1,     96,   6,     {8, 8},   {8, 8},   {2, 2, 1}, 2},
          {3,   1,     576,  6,     {12, 12}, {0, 0},   {2, 2, 1}, 2}},
       960, "0.05", kIdentity,
       {{"parameters", 1.8e6, kReadme}, {"MAdds (b)", 6e6, kRounded}, {"MAdds (a)", 5314080, kCounted},
        {"MAdds (c)", 6363072, kCounted}, {"top-1 %", 51.4, kReadme}}},
      {"micronet_m2", {4, 2}, {
          {3,   2,     12,   4,     {0, 8},   {4, 4},   {2, 0, 1}, 1},
          {3,   2,     16,   4,     {0, 12},  {4, 4},   {2, 2, 1}, 1},
          {3,   1,     24,   4,     {0, 16},  {4, 4},   {2, 2, 1}, 1},
          {5,   2,     32,   6,     {6, 6},   {4, 4},   {2, 2, 1}, 1},
          {5,   1,     32,   6,     {8, 8},   {4, 4},   {2, 2, 1}, 2},
          {5,   1,     64,   6,     {8, 8},   {8, 8},   {2, 2, 1}, 2},
          {5,   2,     96,   6,     {8, 8},   {8, 8},   {2, 2, 1}, 2},
          {3,   1,     128,  6,     {12, 12}, {8, 8},   {2, 2, 1}, 2},
          {3,   1,     768,  6,     {16, 16}, {0, 0},   {2, 2, 1}, 2}},
       1024, "0.1", kIdentity,
       {{"parameters", 2.4e6, kReadme}, {"MAdds (b)", 12e6, kRounded}, {"MAdds (a)", 10338128, kCounted},
        {"MAdds (c)", 13416112, kCounted}, {"top-1 %", 59.4, kReadme}}},
      {"micronet_m3", {4, 3}, {
          {3,   2,     16,   4,     {0, 12},  {4, 4},   {0, 2, 0}, 1},
          {3,   2,     24,   4,     {0, 16},  {4, 4},   {0, 2, 0}, 1},
          {3,   1,     24,   4,     {0, 24},  {4, 4},   {0, 2, 0}, 1},
          {5,   2,     32,   6,     {6, 6},   {4, 4},   {0, 2, 0}, 1},
          {5,   1,     32,   6,     {8, 8},   {4, 4},   {0, 2, 0}, 2},
          {5,   1,     64,   6,     {8, 8},   {8, 8},   {0, 2, 0}, 2},
          {5,   1,     80,   6,     {8, 8},   {8, 8},   {0, 2, 0}, 2},
          {5,   1,     80,   6,     {10, 10}, {8, 8},   {0, 2, 0}, 2},
          {5,   2,     120,  6,     {10, 10}, {10, 10}, {0, 2, 0}, 2},
          {5,   1,     120,  6,     {12, 12}, {10, 10}, {0, 2, 0}, 2},
          {3,   1,     144,  6,     {12, 12}, {12, 12}, {0, 2, 0}, 2},
          {3,   1,     864,  6,     {12, 12}, {0, 0},   {0, 2, 0}, 2}},
       1024, "0.1", kMixing,
       {{"parameters", 2.6e6, kReadme}, {"MAdds (b)", 21e6, kRounded}, {"MAdds (a)", 18236000, kCounted},
        {"MAdds (c)", 21450400, kCounted}, {"top-1 %", 62.5, kReadme}}},
  };
  return all;
}
// clang-format on

// Shuffles one after another, as one permutation. Shuffle(G): y[j G + i] = x[i C/G + j], i < G, j < C/G.
ValueId shuffle(GraphBuilder& g, const std::string& name, ValueId x, const std::vector<int64_t>& groups) {
  const int64_t channels = g.channels(x);
  std::vector<int64_t> source(static_cast<size_t>(channels));
  for (int64_t c = 0; c < channels; ++c) {
    int64_t from = c;
    for (auto it = groups.rbegin(); it != groups.rend(); ++it) from = from % *it * (channels / *it) + from / *it;
    source[static_cast<size_t>(c)] = from;
  }
  return g.op("channel_permute", name, {x}, {{"index", source}});
}

// The depthwise pair: k x 1 to `mid` channels, then 1 x k to `out`, a batch norm behind each.
ValueId factorised(GraphBuilder& g, const std::string& name, ValueId x, int64_t mid, int64_t out, const MicroRow& row,
                   int64_t groups) {
  const Conv first{mid, row.kernel, 1, row.stride, 1, groups}, second{out, 1, row.kernel, 1, row.stride, mid};
  x = batch_norm(g, join(name, "conv.1"), conv(g, join(name, "conv.0"), x, first));
  return batch_norm(g, join(name, "conv.3"), conv(g, join(name, "conv.2"), x, second));
}

ValueId group_pointwise(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, int64_t groups) {
  return batch_norm(g, join(name, "conv.1"), conv(g, join(name, "conv.0"), x, square(out, 1, 1, groups)));
}

ValueId stem(GraphBuilder& g, ValueId image, const std::array<int64_t, 2>& channels, int64_t stride) {
  const MicroRow row{3, stride, channels[0] * channels[1], 0, {}, {}, {}, 0};
  const ValueId x = factorised(g, "features.0.stem.0", image, channels[0], row.out, row, 1);
  return g.op("relu6", "features.0", {shuffle(g, "features.0.stem.1", x, {channels[0]})});
}

// A slot of the block's sequence keeps its index even where a network leaves it empty; `layers.i` names what fills it.
ValueId micro_block(GraphBuilder& g, const std::string& name, ValueId x, const MicroRow& row, const MicroNet& net) {
  const int64_t in = g.channels(x), hidden = in * row.expand, reduction = 8 * row.ratio;
  const auto slot = [&](int i) { return join(name, "layers." + std::to_string(i)); };
  const auto act = [&](int i, ValueId v, int64_t branches, int64_t groups) {
    return branches == 0 ? g.op("relu6", slot(i), {v}) : shift_max(g, slot(i), v, {groups, reduction, net.offsets});
  };
  const auto one_branch = [&](int i, ValueId v, int64_t groups, int64_t squeeze) {
    return row.shift_max[2] == 0 ? v : shift_max(g, slot(i), v, {groups, squeeze, {1, 0}});
  };
  const auto [g1, g2] = row.in_groups;
  const auto [g3, g4] = row.out_groups;
  const auto [y1, y2, y3] = row.shift_max;

  ValueId v = x;
  int next = 0;  // the first slot behind the depthwise pair and its activation
  if (g4 == 0) {
    v = one_branch(1, group_pointwise(g, slot(0), x, hidden, g1), g2, reduction);
  } else {
    if (g1 == 0) {
      v = act(1, factorised(g, slot(0), x, 2 * in, hidden, row, in), y2, g2);
      v = y2 == 0 ? shuffle(g, slot(2), v, {g2}) : shuffle(g, slot(3), v, {g2, hidden / 2});
      next = 4;
    } else {
      v = act(1, group_pointwise(g, slot(0), x, hidden, g1), y1, g2);
      v = factorised(g, slot(3), shuffle(g, slot(2), v, {g2}), hidden, hidden, row, hidden);
      v = act(5, v, y2, hidden / g2);
      if (y1 + y2 > 0) v = shuffle(g, slot(6), v, {y1 > 0 && y2 > 0 ? hidden / 4 : hidden / 2});
      next = 7;
    }
    v = one_branch(next + 1, group_pointwise(g, slot(next), v, row.out, g3), g4, reduction / 2);
    v = y3 == 0 ? shuffle(g, slot(next + 2), v, {g4}) : shuffle(g, slot(next + 3), v, {g4, row.out / 2});
  }
  return row.stride == 1 && in == g.channels(v) ? g.op("add", name, {v, x}) : v;
}

// Linear, batch norm, hard swish; on the logits too, as released.
ValueId swish_linear(GraphBuilder& g, const std::string& name, ValueId x, int64_t out) {
  const ValueId y = linear(g, join(name, "linear.0"), x, out, Start::kNormal);
  return g.op("hard_swish", name, {batch_norm(g, join(name, "linear.1"), y)});
}

Graph micronet(const MicroNet& net, const NetworkOptions& o) {
  GraphBuilder g(net.name);
  ValueId v = stem(g, image_input(g, o), net.stem, stem_stride(o));
  const bool dynamic = o.integer("shift_max", 0, 1) == 1;
  for (size_t i = 0; i < net.rows.size(); ++i) {
    MicroRow row = net.rows[i];
    if (i == 0) row.stride = first_stride(o);
    if (!dynamic) row.shift_max = {0, 0, 0};
    v = micro_block(g, "features." + std::to_string(i + 1), v, row, net);
  }
  v = g.op("global_avg_pool", "avgpool.1", {g.op("relu6", "avgpool.0", {v})});
  v = swish_linear(g, "classifier.0", g.op("hard_swish", "avgpool", {v}), net.head);
  v = g.op("dropout", "classifier.1", {v}, {{"p", dropout_rate(o)}});
  g.output(swish_linear(g, "classifier.2", v, class_count(o)));
  return g.finish();
}

}  // namespace

std::vector<Network> micronets() {
  std::vector<Network> result;
  for (const MicroNet& net : table()) {
    auto options = common_options("1000", net.dropout);
    add_stride_options(&options);
    options.push_back({"shift_max", "1", "Dynamic Shift-Max; 0: ReLU6 where it has two branches, nothing elsewhere"});
    result.push_back({net.name, "MicroNet (Li et al., ICCV 2021), Dynamic Shift-Max on factorised convolutions",
                      options, [&net](const NetworkOptions& o) { return micronet(net, o); }, net.published});
  }
  return result;
}

}  // namespace lithe
