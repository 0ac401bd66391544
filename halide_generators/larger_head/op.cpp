// Of two heads the one with the larger maximal logit speaks, per image       (prediction rule of Dynamic Transfer, Li
// et al., CVPR 2021). At a tie it is p.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel larger_head_kernel() {
  Kernel kernel;
  kernel.name = "larger_head";
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(larger_head)
    .summary("y[n] = p[n] if its largest logit is at least that of q[n], else q[n]")
    .input("p", "N C")
    .input("q", "N C")
    .output("y", "N C")
    .gradients("p q")
    .kernel(larger_head_kernel());

}  // namespace lithe
