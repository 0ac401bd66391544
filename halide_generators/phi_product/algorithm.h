#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y(i) = sum_j phi(j, i) z(j) for every pixel; `columns` is phi with the outputs i side by side.
struct PhiProduct {
  Var w{"w"}, h{"h"}, i{"i"}, j{"j"}, n{"n"};
  RDom r;
  Func columns{"columns"}, sum{"sum"}, y{"y"};
  template <class Z, class Phi>
  PhiProduct(const Z& z, const Phi& phi) : r(0, z.dim(2).extent()) {
    const Expr L = z.dim(2).extent();
    // Whole vectors run past the last output.
    columns(i, j, n) = phi(min(i, L - 1) * L + j, n);
    sum(i, w, h, n) = 0.0f;
    sum(i, w, h, n) += columns(i, r, n) * z(w, h, r, n);
    y(w, h, i, n) = sum(i, w, h, n);
  }
};

}  // namespace lithe
