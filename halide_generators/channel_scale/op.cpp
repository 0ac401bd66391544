// y[n,c,h,w] = s[n,c] * x[n,c,h,w]        (Lambda of Dynamic Convolution Decomposition, Li et al., ICLR 2021)

#include "pipelines/graph/op.h"

#include <limits>

namespace lithe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

LITHE_REGISTER_OP(channel_scale)
    .summary("y[n,c] = s[n,c] * x[n,c]")
    .input("x", "N C H W")
    .input("s", "N C")
    .output("y", "N C H W")
    .gradients("x s")
    .costs([](const Dims& d) {
      return Madds{0, d("N C H W"), 0};
    })
    .kernel({"channel_scale", {}, {}})
    .adjoint("x",
             [](const Dims&) {
               return AdjointNode{"channel_scale", {"dy", "s"}, {}};
             })
    .adjoint("s", {"channel_scale_ds", {}, {}, /*pixels=*/true});

// The sum of the static and the dynamic path in one pass. Networks do not use it; rewrites do.
LITHE_REGISTER_OP(scale_add)
    .summary("y[n,c] = p[n,c] + s[n,c] * x[n,c]; result clamped to [clamp_min, clamp_max]; made by rewrites")
    .input("x", "N C H W")
    .input("s", "N C")
    .input("p", "N C H W")
    .output("y", "N C H W")
    .attribute("clamp_min", -kInfinity)
    .attribute("clamp_max", kInfinity)
    .costs([](const Dims& d) {
      return Madds{0, d("N C H W"), 0};
    })
    .kernel({"scale_add", {}, {}});

}  // namespace lithe
