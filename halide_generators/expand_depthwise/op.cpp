// y[n,o,h,w] = clamp(t[o] + sum_{u,v} taps[o,u,v] wide[n, o, h s + u - 1, w s + v - 1]), wide zero outside its image,
// inside it wide[n,o,h,w] = inner_clamp(b[o] + sum_c w[o,c] x[n,c,h,w]): the first two layers of an inverted residual
// (Sandler et al., CVPR 2018), whose wide image is never stored whole. Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <limits>

#include "halide_generators/dynamic_pointwise/decomposition.h"
#include "halide_generators/expand_depthwise/blocks.h"

namespace lithe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor pack_matrix(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {values.at(0).dim(1)}, blocks::kExpandPanels);
}
Tensor pack_taps(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {3, 3}, blocks::kExpandPanels);
}
Tensor pack_bias(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {}, blocks::kExpandPanels);
}

/// What both operators share. Kernels: `name` for stride 1, `name`_2 for stride 2.
Op& expanding(Op& op, const std::string& name, const std::map<std::string, Kernel::Pack>& pack) {
  return op.input("taps", "O 1 3 3")
      .input("t", "O")
      .output("y", "N O Ho Wo")
      .attribute("stride", int64_t{1})
      .attribute("inner_min", -kInfinity)
      .attribute("inner_max", kInfinity)
      .attribute("clamp_min", -kInfinity)
      .attribute("clamp_max", kInfinity)
      .require([](const Dims& d) { return d("stride") == 1 || d("stride") == 2; }, "stride must be 1 or 2")
      .derive([](Dims& d) {
        const int64_t stride = d("stride") == 2 ? 2 : 1;
        d.set("Ho", (d("H") - 1) / stride + 1), d.set("Wo", (d("W") - 1) / stride + 1);
      })
      .kernel({name + "_2", [](const Dims& d) { return d("stride") == 2; }, pack})
      .kernel({name, {}, pack});
}

}  // namespace

[[maybe_unused]] static const Op& expand_depthwise = expanding(
    register_op("expand_depthwise")
        .summary("1x1 convolution, clamped, and behind it a 3x3 depthwise one with padding 1, clamped; made by "
                 "rewrites")
        .input("x", "N C H W")
        .input("w", "O C 1 1")
        .input("b", "O")
        .madds([](const Dims& d) { return d("N O C H W") + 9 * d("N O Ho Wo"); }),
    "expand_depthwise", {{"w", pack_matrix}, {"b", pack_bias}, {"taps", pack_taps}, {"t", pack_bias}});

// The same with the weights of dynamic_pointwise.
[[maybe_unused]] static const Op& dynamic_expand_depthwise = expanding(
    decomposition::inputs(
        register_op("dynamic_expand_depthwise")
            .summary("expand_depthwise with the weights diag(s) w + p Phi q of the image; made by rewrites"))
        .costs([](const Dims& d) {
          Madds sum = decomposition::madds(d);
          return sum += Madds{9 * d("N O Ho Wo"), 0, 0};
        }),
    "dynamic_expand_depthwise",
    {{"w", pack_matrix}, {"q", decomposition::pack_rows}, {"p", pack_matrix}, {"taps", pack_taps}, {"t", pack_bias}});

}  // namespace lithe
