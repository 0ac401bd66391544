// y[n,c,h,w] = gamma[c] * (x[n,c,h,w] - mean[c]) / sqrt(var[c] + eps) + beta[c]       (Ioffe and Szegedy, ICML 2015)
// with the running statistics: inference mode.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel over_pixels() {
  Kernel kernel;
  kernel.name = "batch_norm";
  kernel.pixels = true;
  return kernel;
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
    .kernel(over_pixels());

}  // namespace lithe
