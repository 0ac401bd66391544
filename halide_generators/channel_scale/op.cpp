// y[n,c,h,w] = s[n,c] * x[n,c,h,w]        (Lambda of Dynamic Convolution Decomposition, Li et al., ICLR 2021)

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel channel_scale_kernel() {
  Kernel kernel;
  kernel.name = "channel_scale";
  return kernel;
}

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
    .kernel(channel_scale_kernel());

}  // namespace lithe
