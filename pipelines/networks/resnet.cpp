// ResNet (He et al., CVPR 2016; the stride of a bottleneck sits on its 3 x 3), the same with every convolution of the
// blocks dynamic (DCD, Li et al., ICLR 2021) and with dynamic residual kernels and two heads (DRT, Li et al., CVPR
// 2021). Those of section 4.2 of He et al. are for images of 32 x 32: 6 n + 2 layers in three stages of 16, 32 and 64
// channels; their shortcuts are projections, as in the large ones. drt_digits is ours: the network of DRT for the
// digits of 32 x 32 pixels that adaptation is compared on.

#include <algorithm>
#include <cmath>

#include "pipelines/networks/dynamic_layers.h"
#include "pipelines/networks/families.h"

namespace lithe {
namespace {

enum class Kind { kStatic, kDcd, kDrt };

struct ResNet {
  std::string name;
  Kind kind;
  bool bottleneck;
  std::vector<int64_t> blocks;  // of layer1, layer2, ...
  std::vector<Published> published;
  int64_t stages() const { return static_cast<int64_t>(blocks.size()); }
  bool for_small_images() const { return blocks.size() == 3; }
  bool for_digits() const { return for_small_images() && kind == Kind::kDrt; }
};

// clang-format off
const std::vector<ResNet>& table() {
  static const std::vector<ResNet> all = {
      {"resnet18",      Kind::kStatic, false, {2, 2, 2, 2},
       {{"parameters", 11689512, kCounted}, {"MAdds (a)", 1.814e9, kCounted}, {"top-1 %", 70.4, kQuoted}}},
      {"resnet34",      Kind::kStatic, false, {3, 4, 6, 3}, {}},
      {"resnet50",      Kind::kStatic, true,  {3, 4, 6, 3}, {{"parameters", 25557032, kCounted}, {"MAdds (a)", 4.089e9, kCounted}}},
      {"resnet101",     Kind::kStatic, true,  {3, 4, 23, 3}, {}},
      {"dcd_resnet18",  Kind::kDcd,    false, {2, 2, 2, 2},
       {{"parameters", 14703332, kCounted}, {"MAdds (b)", 1.885e9, kCounted}, {"top-1 %", 73.1, kQuoted}}},
      {"dcd_resnet34",  Kind::kDcd,    false, {3, 4, 6, 3}, {}},
      {"dcd_resnet50",  Kind::kDcd,    true,  {3, 4, 6, 3}, {{"parameters", 29835056, kCounted}, {"MAdds (b)", 4.381e9, kCounted}}},
      {"drt_resnet18",  Kind::kDrt,    false, {2, 2, 2, 2}, {}},
      {"drt_resnet50",  Kind::kDrt,    true,  {3, 4, 6, 3}, {}},
      {"drt_resnet101", Kind::kDrt,    true,  {3, 4, 23, 3},
       {{"parameters", 54103824 + 2 * 3399345, kCounted}, {"MAdds (a)", 9.497e9 + 2 * 3.393e6, kCounted}}},
      {"drt_digits",    Kind::kDrt,    false, {1, 1, 1}, {}},
      {"resnet8",       Kind::kStatic, false, {1, 1, 1}, {}},
      {"resnet20",      Kind::kStatic, false, {3, 3, 3}, {}},
      {"dcd_resnet8",   Kind::kDcd,    false, {1, 1, 1}, {}},
      {"dcd_resnet20",  Kind::kDcd,    false, {3, 3, 3}, {}},
  };
  return all;
}
// clang-format on

std::string numbered(const std::string& name, int64_t i) { return name + std::to_string(i); }

// Sizes of the light branch and the latent space for a convolution of `in` channels.
Dcd dcd_size(int64_t in, bool bottleneck) {
  const int64_t pool = bottleneck ? 1 : 2, seen = pool * pool * in;
  const int64_t latent = static_cast<int64_t>(std::sqrt(static_cast<double>(seen)));
  return {pool, latent, std::max<int64_t>(4, std::max(seen, latent * latent) / 16)};
}

ValueId shortcut(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, int64_t stride) {
  if (stride == 1 && g.channels(x) == out) return x;
  return batch_norm(g, join(name, "downsample.1"), conv(g, join(name, "downsample.0"), x, square(out, 1, stride)));
}

// x: the block's input. What DRT adds stands at conv2, the (second) 3 x 3.
ValueId block(GraphBuilder& g, const std::string& name, ValueId x, int64_t planes, int64_t stride, const ResNet& net,
              const Drt& drt) {
  const std::vector<Conv> convs = net.bottleneck ? std::vector<Conv>{{planes}, square(planes, 3, stride), {4 * planes}}
                                                 : std::vector<Conv>{square(planes, 3, stride), square(planes, 3)};
  ValueId u = x;
  for (size_t i = 0; i < convs.size(); ++i) {
    const int64_t number = static_cast<int64_t>(i) + 1;
    const std::string conv_name = join(name, numbered("conv", number));
    ValueId v = net.kind == Kind::kDcd ? dcd_conv(g, conv_name, u, convs[i], dcd_size(g.channels(u), net.bottleneck))
                                       : conv(g, conv_name, u, convs[i]);
    if (number == 2) v = drt_transfer(g, name, x, u, v, convs[i].stride_h, drt);
    v = batch_norm(g, join(name, numbered("bn", number)), v);
    if (i + 1 < convs.size()) {
      u = g.op("relu", join(name, numbered("relu", number)), {v});
    } else {
      v = g.op("add", join(name, "sum"), {v, shortcut(g, name, x, convs[i].out, stride)});
      u = g.op("relu", name, {v});
    }
  }
  return u;
}

// N 3 H W -> N C H/4 W/4; for small images N C H W, for digits N C H/2 W/2.
ValueId stem(GraphBuilder& g, ValueId image, const ResNet& net, int64_t channels) {
  const Conv conv1 = net.for_digits()         ? square(channels, 5)
                     : net.for_small_images() ? square(channels, 3)
                                              : square(channels, 7, 2);
  const ValueId v = g.op("relu", "relu", {batch_norm(g, "bn1", conv(g, "conv1", image, conv1))});
  if (net.for_small_images() && !net.for_digits()) return v;
  return g.op("max_pool", "maxpool", {v},
              {{"kernel_h", int64_t{3}},
               {"kernel_w", int64_t{3}},
               {"stride_h", int64_t{2}},
               {"stride_w", int64_t{2}},
               {"pad_h", int64_t{1}},
               {"pad_w", int64_t{1}}});
}

// What DRT adds to the blocks of a stage, 1, 2, ...: nothing outside of --set first_dynamic to last_dynamic.
Drt drt_of(const ResNet& net, const NetworkOptions& o, int64_t stage) {
  if (net.kind != Kind::kDrt) return {};
  const int64_t first = o.integer("first_dynamic", 1, net.stages()), last = o.integer("last_dynamic", 1, net.stages());
  // The published start, normal(0, 0.01), leaves the attention of few channels asleep: from first weights all kernels
  // keep the same share of every image.
  const Start start = net.for_digits() ? Start::kFramework : Start::kNormal;
  const Drt drt{o.integer("kernels", 0, 64), o.integer("channel_attention", 0, 1) == 1, o.integer("reduction", 1, 256),
                start};
  return first <= stage && stage <= last ? drt : Drt{};
}

// N 3 H W -> N C, the pooled features.
ValueId trunk(GraphBuilder& g, ValueId image, const ResNet& net, int64_t channels, const NetworkOptions& o) {
  ValueId v = stem(g, image, net, channels);
  for (int64_t stage = 1; stage <= net.stages(); ++stage) {
    const std::string name = numbered("layer", stage);
    const Drt drt = drt_of(net, o, stage);
    for (int64_t i = 0; i < net.blocks[static_cast<size_t>(stage - 1)]; ++i) {
      v = block(g, join(name, std::to_string(i)), v, channels << (stage - 1), stage > 1 && i == 0 ? 2 : 1, net, drt);
    }
  }
  return g.op("global_avg_pool", "avgpool", {v});
}

// DRT's head: three linear layers, the first two (of 1000 outputs, published) with batch norm and ReLU.
ValueId head(GraphBuilder& g, const std::string& name, ValueId v, const NetworkOptions& o) {
  const auto slot = [&](int i) { return join(name, numbered("classifier.", i)); };
  const int64_t width = o.integer("head_width", 1, 65536);
  for (int i = 0; i < 8; i += 4) {
    v = g.op("dropout", slot(i), {v}, {{"p", dropout_rate(o)}});
    v = batch_norm(g, slot(i + 2), linear(g, slot(i + 1), v, width, Start::kNormalBoth), Init::normal(0.01, 1));
    v = g.op("relu", slot(i + 3), {v});
  }
  return linear(g, slot(8), v, class_count(o), Start::kNormalBoth);
}

Graph resnet(const ResNet& net, const NetworkOptions& o) {
  GraphBuilder g(net.name);
  const double width = net.for_small_images() ? o.number("width", 0.25, 16) : 1;
  const double channels = width * (net.for_digits() ? 32 : net.for_small_images() ? 16 : 64);
  ValueId v = trunk(g, image_input(g, o), net, std::lround(channels), o);
  if (net.kind == Kind::kDrt) {
    g.alias("features", "");  // the ImageNet checkpoint that DRT starts from
    const ValueId first = head(g, "F1", v, o), second = head(g, "F2", v, o);
    v = g.op("larger_head", "prediction", {first, second});
  } else {
    v = g.op("dropout", "classifier.0", {v}, {{"p", dropout_rate(o)}});
    if (net.kind == Kind::kDcd) g.alias("classifier.0", "classifier.1");  // of a network built without dropout
    v = net.kind == Kind::kDcd ? dcd_linear(g, "classifier.1", v, class_count(o), Start::kFramework)
                               : linear(g, "fc", v, class_count(o), Start::kFramework);
  }
  g.output(v);
  return g.finish();
}

std::string summary(const ResNet& net) {
  const std::string small = net.for_small_images() ? " for 32 x 32 images" : "";
  switch (net.kind) {
    case Kind::kDcd:
      return "ResNet" + small + " with dynamic convolutions (DCD, Li et al., ICLR 2021)";
    case Kind::kDrt:
      return std::string(net.for_digits() ? "three residual blocks for digits of 32 x 32" : "ResNet") +
             std::string(" with dynamic residual kernels and two heads (DRT, Li et al., CVPR 2021)");
    default:
      return "ResNet" + small + " (He et al., CVPR 2016)";
  }
}

std::vector<NetworkOption> options_of(const ResNet& net) {
  const bool small = net.for_small_images();
  const std::string classes = small ? "10" : net.kind == Kind::kDrt ? "345" : "1000";
  const std::string dropout = net.for_digits()                   ? "0.2"
                              : net.kind == Kind::kDrt           ? "0.5"
                              : net.kind == Kind::kDcd && !small ? "0.1"
                                                                 : "0";
  std::vector<NetworkOption> options = common_options(classes, dropout, small ? "32" : "224");
  if (small) {
    const bool digits = net.kind == Kind::kDrt;
    options.push_back(
        {"width", "1.0",
         digits ? "channels relative to 32, 64 and 128" : "channels relative to the published 16, 32 and 64"});
  }
  if (net.kind != Kind::kDrt) return options;
  options.push_back({"kernels", "4", "residual kernels that a softmax mixes; 0: the static twin"});
  options.push_back({"channel_attention", "0", "1: scale the channels behind the dynamic convolution too"});
  options.push_back({"reduction", "16", "of the channels in the attention's hidden layer, which has at least 4"});
  options.push_back({"first_dynamic", "1", "first stage with residual kernels"});
  options.push_back({"last_dynamic", std::to_string(net.stages()), "last stage with residual kernels"});
  options.push_back({"head_width", small ? "256" : "1000", "outputs of the hidden layers of both heads"});
  return options;
}

}  // namespace

std::vector<Network> resnets() {
  std::vector<Network> result;
  for (const ResNet& net : table()) {
    result.push_back({net.name, summary(net), options_of(net),
                      [&net](const NetworkOptions& o) { return resnet(net, o); }, net.published});
  }
  return result;
}

}  // namespace lithe
