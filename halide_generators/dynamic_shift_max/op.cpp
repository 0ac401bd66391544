// y[n,c,h,w] = max_k sum_j a[n,k,j,c] * x[n, pi_j(c), h, w]                  (Dynamic Shift-Max, Li et al., ICCV 2021)
// pi_0(c) = c;  pi_1(i*Cg + j) = ((i+1) mod G)*Cg + (j+1) mod Cg, Cg = C/G   (the released networks also turn inside
// the group, the printed equation does not: we follow the networks) At a tie of the two branches each gets half of the
// gradient, as in the framework of the released weights; networks whose branches start alike begin training there.

#include "pipelines/graph/op.h"

namespace lithe {
namespace {

Kernel named(const std::string& name) {
  Kernel kernel;
  kernel.name = name;
  return kernel;
}

Kernel planar(const std::string& name) {
  Kernel kernel = named(name);
  kernel.planar = true;
  return kernel;
}

}  // namespace

LITHE_REGISTER_OP(dynamic_shift_max)
    .summary("y[c] = max over k of sum over j of a[k,j,c] * x[pi_j(c)]; pi_1 is the next channel of the next group")
    .input("x", "N C H W")
    .input("a", "N K J C")  // coefficients predicted per image, dimensionless
    .output("y", "N C H W")
    .attribute("groups", int64_t{1})  // G
    .gradients("x a")
    .costs([](const Dims& d) {
      return Madds{0, d("N C H W K J"), d("N C H W")};
    })
    .require([](const Dims& d) { return d("groups") >= 1 && d("C") % d("groups") == 0; }, "groups must divide C")
    .require([](const Dims& d) { return d("J") <= 2 && d("K") <= 2; },
             "J and K, the channels and branches, must be 1 or 2")
    .kernel({"dynamic_shift_max", {}, {}, /*pixels=*/true})
    .kernel(planar("planar_shift_max"))
    .adjoint("x a", {"dynamic_shift_max_dx_da", {}, {}, /*pixels=*/true});

// a[n,k,j,c] = (hard_sigmoid(u[n, (k*J + j)*C + c]) - 0.5) * range + offsets[k*J + j]
LITHE_REGISTER_OP(shift_max_coefficients)
    .summary("a[k,j,c] = (hard_sigmoid(u) - 0.5) * range + offsets[k*J + j], u in the order k, j, c")
    .input("u", "N U")
    .output("a", "N K J C")
    .required_attribute("branches", int64_t{2})                      // K
    .required_attribute("terms", int64_t{2})                         // J
    .attribute("range", 4.0)                                         // the coefficients span offset +- range / 2
    .required_attribute("offsets", std::vector<double>{1, 0, 1, 0})  // of a1, b1, a2, b2
    .gradients("u")
    .derive([](Dims& d) {
      const int64_t sets = d("branches terms");
      d.set("K", d("branches")), d.set("J", d("terms")), d.set("C", sets > 0 ? d("U") / sets : 0);
    })
    .require([](const Dims& d) { return d("K") >= 1 && d("J") >= 1 && d("K J C") == d("U"); },
             "branches * terms must divide U")
    .require([](const Dims& d) { return int64_t(d.attribute<std::vector<double>>("offsets").size()) == d("K J"); },
             "offsets must hold one number per branch and term")
    .kernel(named("shift_max_coefficients"))
    .adjoint("u", named("shift_max_coefficients_du"));

}  // namespace lithe
