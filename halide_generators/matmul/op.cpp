// y[n,m,p] = sum_k a[n,m,k] * b[n,k,p]

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel matmul_kernel() {
  Kernel kernel;
  kernel.name = "matmul";
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(matmul)
    .summary("y[n] = a[n] b[n], one matrix product per image")
    .input("a", "N M K")
    .input("b", "N K P")
    .output("y", "N M P")
    .gradients("a b")
    .madds([](const Dims& d) { return d("N M K P"); })
    .kernel(matmul_kernel());

}  // namespace lithe
