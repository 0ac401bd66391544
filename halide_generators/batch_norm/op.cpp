// y[n,c,h,w] = gamma[c] * (x[n,c,h,w] - mean[c]) / sqrt(var[c] + eps) + beta[c]       (Ioffe and Szegedy, ICML 2015)
// with the running statistics in inference mode, with those of the batch in training mode; the running ones then move
// by `momentum` towards the mean and the unbiased variance of the batch.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel over_pixels(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  kernel.pixels = true;
  return kernel;
}

void train(Op& op) {
  op.attribute("momentum", 0.1)
      .output("batch_mean", "C")
      .output("batch_scale", "C")  // 1 / sqrt(variance + eps)
      .output("new_mean", "C")
      .output("new_var", "C")
      .next("mean", "new_mean")
      .next("var", "new_var")
      .kernel(over_pixels("batch_norm_training"))
      .adjoint("x gamma beta", over_pixels("batch_norm_training_dx"));
}

}  // namespace

LITHE_REGISTER_OP(batch_norm)
    .summary("y = gamma * (x - mean) / sqrt(var + eps) + beta, per channel")
    .input("x", "N C H W")
    .input("gamma", "C")
    .input("beta", "C")
    .input("mean", "C")
    .input("var", "C")
    .output("y", "N C H W")
    .attribute("eps", 1e-5)
    .gradients("x gamma beta")
    .kernel(over_pixels("batch_norm"))
    .adjoint("x gamma beta", over_pixels("batch_norm_dx"))
    .in_training("batch_norm_training", train);

}  // namespace lithe
