// y[n,o,h,w] = clamp(t[o] + sum_{u,v} taps[o,u,v] image[n, o, h + u - 1, w + v - 1]), image zero outside, inside
// image[n,o,h,w] = inner_clamp(b[o] + sum_{c,u,v} w[o,c,u,v] x[n, c, 2 h + u - 1, 2 w + v - 1]), x zero outside: the
// first two layers of MobileNetV2 (Sandler et al., CVPR 2018), without storing what lies between them. Networks do not
// use it; rewrites do.

#include "pipelines/graph/op.h"

#include <limits>

#include "halide_generators/expand_depthwise/blocks.h"

namespace lithe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// O C 3 3 -> P 3 3 C 16.
Tensor pack_weights(const std::vector<Tensor>& values, const Dims& d) {
  const Tensor w = values.at(0).contiguous();
  const int64_t channels = d("C");
  return blocks::pack(d("O"), {3, 3, channels}, blocks::kStemPanels, [&](int64_t o, int64_t i) {
    return w.at(o, i % channels, i / (3 * channels), i / channels % 3);
  });
}
Tensor pack_taps(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {3, 3}, blocks::kStemPanels);
}
Tensor pack_bias(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {}, blocks::kStemPanels);
}

}  // namespace

LITHE_REGISTER_OP(stem_depthwise)
    .summary(
        "3x3 convolution, stride 2, padding 1, clamped, and behind it a 3x3 depthwise one with padding 1, clamped; "
        "made by rewrites")
    .input("x", "N C Y X")  // no H and W: the kernel takes the image as it lies, and planes need no copy
    .input("w", "O C 3 3")
    .input("b", "O")
    .input("taps", "O 1 3 3")
    .input("t", "O")
    .output("y", "N O Ho Wo")
    .attribute("inner_min", -kInfinity)
    .attribute("inner_max", kInfinity)
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .derive([](Dims& d) { d.set("Ho", (d("Y") + 1) / 2), d.set("Wo", (d("X") + 1) / 2); })
    .madds([](const Dims& d) { return d("N O Ho Wo") * (9 * d("C") + 9); })
    .kernel({"stem_depthwise", {}, {{"w", pack_weights}, {"b", pack_bias}, {"taps", pack_taps}, {"t", pack_bias}}});

}  // namespace lithe
