// ResNet-26 for images of 64 x 64: the backbone of the residual adapters and of the Visual Decathlon (Rebuffi et al.,
// NeurIPS 2017 and CVPR 2018). Three stages of four blocks of two 3 x 3, each stage halving the image. Its shortcuts
// are projections, as those of our other small networks; the published ones pool and fill channels with zeros. Tensor
// names: torchvision's.

#include <cmath>

#include "pipelines/networks/families.h"
#include "pipelines/networks/layers.h"

namespace lithe {
namespace {

constexpr int64_t kStem = 32, kStages[] = {64, 128, 256}, kBlocks = 4;

ValueId block(GraphBuilder& g, const std::string& name, ValueId x, int64_t channels, int64_t stride) {
  const auto part = [&](const char* what) { return join(name, what); };
  ValueId v = batch_norm(g, part("bn1"), conv(g, part("conv1"), x, square(channels, 3, stride)));
  v = g.op("relu", part("relu1"), {v});
  v = batch_norm(g, part("bn2"), conv(g, part("conv2"), v, square(channels, 3)));
  if (stride > 1) {
    x = batch_norm(g, part("downsample.1"), conv(g, part("downsample.0"), x, square(channels, 1, stride)));
  }
  return g.op("relu", name, {g.op("add", part("sum"), {v, x})});
}

Graph resnet26(const NetworkOptions& o) {
  GraphBuilder g(o.network());
  const double width = o.number("width", 0.1, 4);
  const auto scaled = [&](int64_t channels) { return round_channels(width * static_cast<double>(channels), 1); };
  ValueId v = batch_norm(g, "bn1", conv(g, "conv1", image_input(g, o), square(scaled(kStem), 3)));
  v = g.op("relu", "relu", {v});
  int number = 0;
  for (const int64_t channels : kStages) {
    const std::string stage = "layer" + std::to_string(++number);
    for (int64_t i = 0; i < kBlocks; ++i) {
      v = block(g, join(stage, std::to_string(i)), v, scaled(channels), i == 0 ? 2 : 1);
    }
  }
  v = g.op("dropout", "dropout", {g.op("global_avg_pool", "avgpool", {v})}, {{"p", dropout_rate(o)}});
  g.output(linear(g, "fc", v, class_count(o), Start::kFramework));
  return g.finish();
}

}  // namespace

std::vector<Network> residual_adapter_resnets() {
  Network network{"resnet26",
                  "ResNet-26 for 64 x 64 images, backbone of residual adapters (Rebuffi et al., 2017)",
                  common_options("1000", "0", "64"),
                  resnet26,
                  {}};
  network.options.push_back({"width", "1.0", "channels relative to the published table"});
  return {network};
}

}  // namespace lithe
