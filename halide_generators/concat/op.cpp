// The channels of all inputs, one input after the other.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel copy_kernel(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  kernel.per_value = true;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(concat)
    .summary("the channels of all inputs, one input after the other")
    .variadic_input("xs", "N C+ H W")
    .output("y", "N C H W")
    .gradients("xs")
    .kernel(copy_kernel("concat"))
    .adjoint("xs", copy_kernel("concat_dxs"));

}  // namespace lithe
