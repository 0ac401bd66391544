// y[n,o,h,w] = clamp(s[n,o] (b[o] + sum_c w[o,c] x[n,c,h,w]) + c[o] + sum_l p[o,l] sum_j phi[n,lL+j] z[n,j,h,w]),
// z[n,l,h,w] = a[l] + sum_c q[l,c] x[n,c,h,w]: a 1x1 convolution whose weights diag(s) w + p Phi q depend on the image
// (Dynamic Convolution Decomposition, Li et al., ICLR 2021). Networks do not use it; rewrites do.

#include "pipelines/graph/op.h"

#include <limits>

#include "halide_generators/dynamic_pointwise/decomposition.h"
#include "halide_generators/dynamic_pointwise/pixels.h"
#include "halide_generators/expand_depthwise/blocks.h"

namespace lithe {
namespace {

// O I 1 1 -> P I 16, an even number of panels, since kernels take two at a time.
Tensor pack_panels(const std::vector<Tensor>& values, const Dims&) {
  return blocks::pack(values.at(0), {values.at(0).dim(1)}, 2);
}

bool adds_latent_path(const Dims& d) { return has_few_pixels(d("H W"), d("C"), d("O"), d("L")); }

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

[[maybe_unused]] static const Op& dynamic_pointwise =
    decomposition::inputs(
        register_op("dynamic_pointwise")
            .summary(
                "1x1 convolution with the weights diag(s) w + p Phi q of the image; result clamped; made by rewrites"))
        .output("y", "N O H W")
        .attribute("clamp_min", -kInfinity)
        .attribute("clamp_max", kInfinity)
        .costs(decomposition::madds)
        .kernel({"dynamic_pointwise_latent",
                 adds_latent_path,
                 {{"w", pack_panels}, {"q", pack_panels}, {"p", pack_panels}},
                 /*pixels=*/true})
        .kernel({"dynamic_pointwise",
                 {},
                 {{"w", pack_panels}, {"q", decomposition::pack_rows}, {"p", pack_panels}},
                 /*pixels=*/true});

}  // namespace lithe
