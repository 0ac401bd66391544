// The identity in inference; p is the share that training drops.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel elementwise(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  kernel.in_place = true;
  return kernel;
}

// What stays is scaled by 1 / (1 - p), so that the mean is kept.
void train(Op& op) {
  op.attribute("seed", int64_t{0})
      .kernel(elementwise("dropout_training"))
      .adjoint("x", elementwise("dropout_training_dx"));
}

}  // namespace

LITHE_REGISTER_OP(dropout)
    .summary("the identity in inference; training drops a share p of the elements")
    .input("x", "...")
    .output("y", "...")
    .attribute("p", 0.5)
    .gradients("x")
    .view()
    .in_training("dropout_training", train);

}  // namespace lithe
