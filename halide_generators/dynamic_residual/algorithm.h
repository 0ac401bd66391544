#pragma once
#include "halide_generators/product.h"

namespace lithe {

/// mixed(o, c) = sum_k pi(k) phi(o, c, k) per image, 16 outputs side by side; then y(o) = sum_c mixed(o, c) u(c) for
/// every pixel of the stride.
struct DynamicResidual {
  Var w{"w"}, h{"h"}, o{"o"}, c{"c"}, n{"n"}, ni{"ni"}, no{"no"};
  RDom k, r;
  Func mixed{"mixed"}, sum{"sum"}, y{"y"};
  template <class U, class Pi, class Phi>
  DynamicResidual(const U& u, const Pi& pi, const Phi& phi, Expr stride)
      : k(0, phi.dim(3).extent()), r(0, u.dim(2).extent()) {
    mixed(ni, c, no, n) = 0.0f;
    mixed(ni, c, no, n) += pi(k, n) * phi(ni, c, no, k);
    sum(ni, no, w, h, n) = 0.0f;
    sum(ni, no, w, h, n) += mixed(ni, r, no, n) * u(w * stride, h * stride, r, n);
    y(w, h, o, n) = sum(o % kPanel, o / kPanel, w, h, n);
  }
};

}  // namespace lithe
