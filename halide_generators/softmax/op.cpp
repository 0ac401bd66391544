// y[n,c,h,w] = exp(x[n,c,h,w] - m) / sum_c' exp(x[n,c',h,w] - m), m = max_c x[n,c,h,w] so that nothing overflows

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel over_pixels(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  kernel.pixels = true;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(softmax)
    .summary("softmax over the channels of each pixel")
    .input("x", "N C H W")
    .output("y", "N C H W")
    .gradients("x")
    .kernel(over_pixels("softmax"))
    .adjoint("x", over_pixels("softmax_dx"));

}  // namespace lithe
