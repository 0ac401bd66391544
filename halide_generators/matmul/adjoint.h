#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// da(k, m) = sum_p dy(p, m) b(p, k) per image: rows of both times each other, in vectors of k.
struct MatmulLeft {
  Var k{"k"}, m{"m"}, n{"n"};
  RDom p;
  Func sum{"sum"};
  template <class X>
  MatmulLeft(const X& b, const X& dy) : p(0, dy.dim(0).extent()) {
    sum(k, m, n) = 0.0f;
    sum(k, m, n) += dy(p, m, n) * b(p, k, n);
  }
};

/// db(p, k) = sum_m a(k, m) dy(p, m) per image.
struct MatmulRight {
  Var p{"p"}, k{"k"}, n{"n"};
  RDom m;
  Func sum{"sum"};
  template <class X>
  MatmulRight(const X& a, const X& dy) : m(0, dy.dim(1).extent()) {
    sum(p, k, n) = 0.0f;
    sum(p, k, n) += a(k, m, n) * dy(p, m, n);
  }
};

}  // namespace lithe
