// MobileNetV2 (Sandler et al., CVPR 2018), and with dynamic pointwise convolutions and classifier: DCD (Li et al., ICLR
// 2021). Tensor names: torchvision's, and those that the authors of DCD released.

#include <algorithm>

#include "pipelines/networks/dynamic_layers.h"
#include "pipelines/networks/families.h"

namespace lithe {
namespace {

struct Row {
  int64_t expand, out, count, stride;
};
constexpr Row kRows[] = {  // t, c, n, s
    {1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

struct Family {
  double width;
  bool dynamic;
  int64_t fc_squeeze;
};

// The latent width L of a pointwise convolution is halved until Phi has at most twice as many entries as the branch
// sees.
Dcd dcd_size(int64_t in, int64_t out, int64_t fc_squeeze) {
  const int64_t pool = in < out ? 2 : 1, seen = pool * pool * in;
  int64_t reduction = in < out ? 8 : 2;
  const auto latent = [&] { return std::min(seen, out) / reduction; };
  while (latent() * latent() > 2 * seen) reduction *= 2;
  const int64_t width = std::max<int64_t>(4, latent());
  return {pool,     width,         std::max<int64_t>(4, std::max(seen, width * width) / fc_squeeze), "conv", "conv_q",
          "conv_p", Start::kNormal};
}

// Layers of one sequence: convolution, batch norm and ReLU6, or without ReLU6 the last one. Torchvision nests each
// triple as `i.0`, `i.1`; DCD numbers the layers through.
struct Sequence {
  GraphBuilder& g;
  std::string name;
  bool nested;
  int stage = 0;

  std::string slot(int part, bool last) const {
    if (!nested) return join(name, std::to_string(3 * stage + part));
    return join(name, last ? std::to_string(stage + part) : std::to_string(stage) + "." + std::to_string(part));
  }
  ValueId add(ValueId x, const Conv& c, bool last = false, const Dcd* dynamic = nullptr) {
    const std::string first = slot(0, last);
    x = dynamic ? dcd_conv(g, first, x, c, *dynamic) : conv(g, first, x, c);
    x = batch_norm(g, slot(1, last), x);
    if (!last) x = g.op("relu6", slot(2, last), {x});
    ++stage;
    return x;
  }
};

ValueId inverted_residual(GraphBuilder& g, const std::string& name, ValueId x, const Row& row, int64_t stride,
                          const Family& f) {
  const int64_t in = g.channels(x), hidden = in * row.expand, out = round_channels(f.width * row.out, 8);
  const bool dynamic = f.dynamic && row.expand > 1;
  const Dcd expand = dcd_size(in, hidden, f.fc_squeeze), project = dcd_size(hidden, out, f.fc_squeeze);
  Sequence block{g, join(name, "conv"), !f.dynamic};
  ValueId v = x;
  if (row.expand > 1) v = block.add(v, {hidden}, false, dynamic ? &expand : nullptr);
  v = block.add(v, square(hidden, 3, stride, hidden));
  v = block.add(v, {out}, true, dynamic ? &project : nullptr);
  return stride == 1 && in == out ? g.op("add", name, {v, x}) : v;
}

Graph mobilenet_v2(bool dynamic, const NetworkOptions& o) {
  const Family f{o.number("width", 0.1, 4), dynamic, dynamic ? o.integer("fc_squeeze", 1, 64) : 1};
  GraphBuilder g(o.network());
  const Conv stem = square(round_channels(32 * f.width, 8), 3, stem_stride(o));
  ValueId v = Sequence{g, "features.0", false}.add(image_input(g, o), stem);
  int index = 0, strided = 0;
  for (const Row& row : kRows) {
    const int64_t stride = row.stride == 2 && ++strided == 1 ? first_stride(o) : row.stride;
    for (int64_t i = 0; i < row.count; ++i) {
      v = inverted_residual(g, "features." + std::to_string(++index), v, row, i == 0 ? stride : 1, f);
    }
  }
  const std::string last = dynamic ? "conv" : "features." + std::to_string(++index);
  v = Sequence{g, last, false}.add(v, {round_channels(1280 * std::max(1.0, f.width), 8)});
  v = g.op("dropout", "classifier.0", {g.op("global_avg_pool", "avgpool", {v})}, {{"p", dropout_rate(o)}});
  if (dynamic) g.alias("classifier.0", "classifier.1");  // checkpoints of a network built without dropout
  g.output(dynamic ? dcd_linear(g, "classifier.1", v, class_count(o), Start::kNormal)
                   : linear(g, "classifier.1", v, class_count(o), Start::kNormal));
  return g.finish();
}

Network member(bool dynamic) {
  Network n;
  n.name = dynamic ? "dcd_mobilenet_v2" : "mobilenet_v2";
  n.summary = dynamic ? "MobileNetV2 with dynamic pointwise convolutions (DCD, Li et al., ICLR 2021)"
                      : "MobileNetV2 (Sandler et al., CVPR 2018)";
  n.options = common_options("1000", "0.2");
  n.options.push_back({"width", "1.0", "channels relative to the published table"});
  add_stride_options(&n.options);
  if (dynamic)
    n.options.push_back({"fc_squeeze", "8", "reduction of the light branch; 16 in the released x1.0 weights"});
  n.build = [dynamic](const NetworkOptions& o) { return mobilenet_v2(dynamic, o); };
  if (dynamic) {
    n.published = {{"parameters", 7452088, kCounted}, {"MAdds (b)", 403.8e6, kCounted}};
  } else {
    n.published = {{"parameters", 3.5e6, kQuoted}, {"MAdds (a)", 300e6, kQuoted}, {"top-1 %", 72.0, kQuoted}};
  }
  return n;
}

}  // namespace

std::vector<Network> mobilenets() { return {member(false), member(true)}; }

}  // namespace lithe
