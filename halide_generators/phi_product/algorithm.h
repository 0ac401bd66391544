#pragma once
#include "halide_generators/product.h"

namespace lithe {

/// y(i) = sum_j phi(j, i) z(j) for every pixel p; `panels` is phi with 16 outputs i side by side.
struct PhiProduct {
  Var i{"i"}, p{"p"}, n{"n"}, ni{"ni"}, no{"no"}, j{"j"};
  RDom r;
  Func panels{"panels"}, sum{"sum"}, y{"y"};
  template <class Z, class Phi>
  PhiProduct(const Z& z, const Phi& phi) : r(0, z.dim(0).extent()) {
    const Expr L = z.dim(0).extent();
    panels(ni, j, no, n) = phi(min(no * kPanel + ni, L - 1) * L + j, n);  // the last panel runs past the end
    sum(ni, no, p, n) = 0.0f;
    sum(ni, no, p, n) += panels(ni, r, no, n) * z(r, p, n);
    y(i, p, n) = sum(i % kPanel, i / kPanel, p, n);
  }
};

}  // namespace lithe
