// VGG-16 (Simonyan and Zisserman, ICLR 2015) with its linear layers as convolutions, and with residual adapters behind
// each layer but the last, in front of the ReLU (CovNorm, Li and Vasconcelos, CVPR 2019). Tensor names, `adpater`
// included: those of the weights that the authors of CovNorm released.

#include <charconv>
#include <cmath>

#include "pipelines/networks/adapters.h"
#include "pipelines/networks/families.h"
#include "pipelines/networks/layers.h"

namespace lithe {
namespace {

struct Stage {
  int64_t count, channels;
};
constexpr Stage kVgg16Stages[] = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}};
constexpr int64_t kHidden = 4096;
constexpr size_t kAdapters = 15;

ValueId layer(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, int64_t kernel, int64_t pad) {
  const Init start = Init::normal(std::sqrt(2 / static_cast<double>(kernel * kernel * out)));
  const ValueId w = g.parameter(join(name, "weight"), {out, g.channels(x), kernel, kernel}, start);
  const ValueId b = g.parameter(join(name, "bias"), {out}, Init::constant(0));
  return g.op("conv2d", name, {x, w, b}, {{"pad_h", pad}, {"pad_w", pad}});
}

Graph vgg16(const NetworkOptions& o) {
  GraphBuilder g(o.network());
  const auto width = [&](int64_t channels) {
    return round_channels(o.number("width", 0.01, 4) * static_cast<double>(channels), 1);
  };
  const int64_t two = 2, seven = 7;
  ValueId v = image_input(g, o);
  int number = 0;
  for (const Stage& stage : kVgg16Stages) {
    const std::string block = std::to_string(++number);
    for (int64_t i = 1; i <= stage.count; ++i) {
      const std::string slot = block + "_" + std::to_string(i);
      v = g.op("relu", "relu" + slot, {layer(g, "conv" + slot, v, width(stage.channels), 3, 1)});
    }
    v = g.op("max_pool", "pool" + block, {v},
             {{"kernel_h", two}, {"kernel_w", two}, {"stride_h", two}, {"stride_w", two}, {"ceil_mode", int64_t{1}}});
  }
  // The identity for images of 224 x 224.
  v = g.op("adaptive_avg_pool", "avgpool", {v}, {{"out_h", seven}, {"out_w", seven}});
  for (const int64_t i : {6, 7}) {
    const std::string slot = std::to_string(i);
    v = g.op("relu", "relu" + slot, {layer(g, "fc" + slot, v, width(kHidden), i == 6 ? seven : 1, 0)});
    v = g.op("dropout", "drop" + slot, {v}, {{"p", dropout_rate(o)}});
  }
  g.output(g.op("flatten", "scores", {layer(g, "fc8", v, class_count(o), 1, 0)}));
  return g.finish();
}

std::string published_name(const std::string& convolution) {
  return "adpater" + convolution.substr(convolution[0] == 'f' ? 2 : 4);  // behind fc6, conv1_1
}

// "20x31,18x40,...": kx and ky of each adapter from the first to the last.
std::map<std::string, AdapterRanks> ranks_from(const std::string& text, const std::vector<AdapterPlace>& places) {
  std::map<std::string, AdapterRanks> ranks;
  const char *at = text.data(), *const end = at + text.size();
  const auto number = [&](int64_t most, char behind, bool last) {
    int64_t value = 0;
    const auto [stop, failure] = std::from_chars(at, end, value);
    const bool closed = last ? stop == end : stop != end && *stop == behind;
    if (failure != std::errc() || value < 1 || value > most || !closed) {
      throw Error(ErrorKind::kUsage, "covnorm_vgg16.ranks: expected \"full\" or " + std::to_string(places.size()) +
                                         " pairs like 20x31 with commas in between, none above the channels, got \"" +
                                         text + "\"");
    }
    at = last ? stop : stop + 1;
    return value;
  };
  for (size_t i = 0; i < places.size(); ++i) {
    AdapterRanks& r = ranks[places[i].name];
    r.kx = number(places[i].channels, 'x', false);
    r.ky = number(places[i].channels, ',', i + 1 == places.size());
  }
  return ranks;
}

Graph covnorm_vgg16(const NetworkOptions& o) {
  const Graph backbone = vgg16(o);
  const std::vector<AdapterPlace> places = adapter_places(backbone, {"*"}, published_name);
  const std::string& ranks = o.text("ranks");
  return with_adapters(backbone, places,
                       ranks == "full" ? std::map<std::string, AdapterRanks>{} : ranks_from(ranks, places));
}

using Shapes = std::map<std::string, Shape>;

// What the tensors of a checkpoint tell.
std::map<std::string, std::string> options_from(const Shapes& shapes) {
  std::map<std::string, std::string> options;
  const auto classes = shapes.find("fc8.bias");
  if (classes != shapes.end()) options["classes"] = std::to_string(elements(classes->second));
  std::string ranks;
  size_t found = 0;
  for (const AdapterPlace& place : adapter_places(build_network("vgg16"), {"*"}, published_name)) {
    const auto mini = shapes.find(join(place.name, "conv_MAL.weight"));  // ky kx 1 1
    if (mini == shapes.end() || mini->second.size() < 2) continue;
    ranks += (found++ == 0 ? "" : ",") + std::to_string(mini->second[1]) + "x" + std::to_string(mini->second[0]);
  }
  if (found == kAdapters) options["ranks"] = ranks;
  return options;
}

std::vector<NetworkOption> options() {
  std::vector<NetworkOption> all = common_options("1000", "0.5");
  all.push_back({"width", "1.0", "channels relative to the published table"});
  return all;
}

}  // namespace

std::vector<Network> vggs() {
  Network plain{"vgg16",
                "VGG-16 (Simonyan and Zisserman, ICLR 2015), linear layers as convolutions",
                options(),
                vgg16,
                {{"parameters", 134260544 + 4096 * 1000 + 1000, kCounted}},
                {}};
  Network adapted{"covnorm_vgg16",
                  "VGG-16 with residual adapters or those of CovNorm (Li and Vasconcelos, CVPR 2019)",
                  options(),
                  covnorm_vgg16,
                  {{"parameters", 134260544 + 4096 * 1000 + 1000 + 35426944, kCounted}},
                  options_from};
  adapted.options.push_back({"ranks", "full", "of low-rank adapters, kx x ky in their order: 20x31,18x40,..."});
  return {plain, adapted};
}

}  // namespace lithe
