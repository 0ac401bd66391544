// y[n,i,h,w] = sum_j phi[n, i*L + j] * z[n,j,h,w]     (the latent product of Dynamic Convolution Decomposition, Li et
// al., ICLR 2021: one L x L matrix per image)

#include "pipelines/graph/op.h"

namespace lithe {
LITHE_REGISTER_OP(phi_product)
    .summary("y[i] = sum over j of phi[i*L + j] * z[j], one matrix per image")
    .input("z", "N L H W")
    .input("phi", "N LL")  // row-major L x L
    .output("y", "N L H W")
    .gradients("z phi")
    .costs([](const Dims& d) {
      return Madds{0, d("N L L H W"), 0};
    })
    .require([](const Dims& d) { return d("LL") == d("L L"); }, "phi must hold L * L numbers per image")
    .kernel({"phi_product_narrow", [](const Dims& d) { return d("L") <= 16; }, {}, /*pixels=*/true})
    .kernel({"phi_product", {}, {}, /*pixels=*/true})
    .adjoint("z phi", {"phi_product_dz_dphi", {}, {}, /*pixels=*/true});

}  // namespace lithe
