// y[n,o,h,w] = clamp(s[n,o] (b[o] + sum_c w[o,c] x[n,c,h,w]) + c[o] + sum_l p[o,l] sum_j phi[n,lL+j] z[n,j,h,w]),
// z[n,l,h,w] = a[l] + sum_c q[l,c] x[n,c,h,w]: a 1x1 convolution whose weights diag(s) w + p Phi q depend on the image
// (Dynamic Convolution Decomposition, Li et al., ICLR 2021). Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <limits>

#include "halide_generators/dynamic_pointwise/pixels.h"
#include "halide_generators/expand_depthwise/blocks.h"

namespace lithe {
namespace {

// O I 1 1 -> P I 16, an even number of panels, since kernels take two at a time.
Tensor pack_panels(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {values.at(0).dim(1)}, 2);
}

// L C 1 1 -> L C.
Tensor pack_rows(const std::vector<Tensor>& values, const Dims& d) {
  return values.at(0).contiguous().reshaped({d("L"), d("C")});
}

bool adds_latent_path(const Dims& d) { return has_few_pixels(d("H W"), d("C"), d("O"), d("L")); }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LITHE_REGISTER_OP(dynamic_pointwise)
    .summary("1x1 convolution with the weights diag(s) w + p Phi q of the image; result clamped; made by rewrites")
    .input("x", "N C H W")
    .input("w", "O C 1 1")
    .optional_input("b", "O")
    .input("s", "N O")
    .input("q", "L C 1 1")
    .optional_input("a", "L")
    .input("phi", "N LL")  // row-major L x L
    .input("p", "O L 1 1")
    .optional_input("c", "O")
    .output("y", "N O H W")
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .require([](const Dims& d) { return d("LL") == d("L L"); }, "phi must hold L * L numbers per image")
    .costs([](const Dims& d) {
      return Madds{d("N H W") * (d("O C") + d("L C") + d("O L")), d("N H W") * (d("L L") + d("O")), 0};
    })
    .kernel({"dynamic_pointwise_latent",
             adds_latent_path,
             {{"w", pack_panels}, {"q", pack_panels}, {"p", pack_panels}},
             /*pixels=*/true})
    .kernel({"dynamic_pointwise", {}, {{"w", pack_panels}, {"q", pack_rows}, {"p", pack_panels}}, /*pixels=*/true});

}  // namespace lithe
