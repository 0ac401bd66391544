// Of two heads the one with the larger maximal logit speaks, per image       (prediction rule of Dynamic Transfer, Li
// et al., CVPR 2021). At a tie it is p.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel named(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(larger_head)
    .summary("y[n] = p[n] if its largest logit is at least that of q[n], else q[n]")
    .input("p", "N C")
    .input("q", "N C")
    .output("y", "N C")
    .gradients("p q")
    .kernel(named("larger_head"))
    .adjoint("p q", named("larger_head_dp_dq"));

}  // namespace lithe
