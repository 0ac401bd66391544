#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// mixed(o, c) = sum_k pi(k) phi(o, c, k) per image, then y(o) = sum_c mixed(o, c) u(c) for every pixel of the stride.
struct DynamicResidual {
  Var w{"w"}, h{"h"}, o{"o"}, c{"c"}, n{"n"};
  RDom k, r;
  Func mixed{"mixed"}, sum{"sum"}, y{"y"};
  template <class U, class Pi, class Phi>
  DynamicResidual(const U& u, const Pi& pi, const Phi& phi, Expr stride)
      : k(0, phi.dim(2).extent()), r(0, u.dim(2).extent()) {
    // Whole vectors run past the last output.
    const Func kernels =
        BoundaryConditions::repeat_edge(phi, {{0, phi.dim(0).extent()}, {Expr(), Expr()}, {Expr(), Expr()}});
    mixed(o, c, n) = 0.0f;
    mixed(o, c, n) += pi(k, n) * kernels(o, c, k);
    sum(o, w, h, n) = 0.0f;
    sum(o, w, h, n) += mixed(o, r, n) * u(w * stride, h * stride, r, n);
    y(w, h, o, n) = sum(o, w, h, n);
  }
};

}  // namespace lithe
