#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// The way back through y(i, p) = sum_j phi(i L + j) z(j, p): dz(j, p) = sum_i phi(i L + j) dy(i, p) and
/// dphi(i L + j) = sum_p dy(i, p) z(j, p), per image.
struct PhiProductGradient {
  Var i{"i"}, j{"j"}, p{"p"}, n{"n"};
  RDom row, pixel;
  Func dz{"dz_of"}, sum{"sum"}, total{"total"};
  template <class Z, class Phi>
  PhiProductGradient(const Z& z, const Phi& phi, const Z& dy, Expr L) : row(0, L), pixel(0, z.dim(1).extent()) {
    dz(j, p, n) = 0.0f;
    dz(j, p, n) += phi(row * L + j, n) * dy(row, p, n);
    sum(j, i, n) = 0.0f;
    sum(j, i, n) += dy(min(i, L - 1), pixel, n) * z(j, pixel, n);
    total(j, i, n) = sum(j, i, n);
  }
};

}  // namespace lithe
