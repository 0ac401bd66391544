// y[n,m,p] = sum_k a[n,m,k] * b[n,k,p]

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel named(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
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
    .kernel(named("matmul"))
    .adjoint("a", named("matmul_da"))
    .adjoint("b", named("matmul_db"));

}  // namespace lithe
