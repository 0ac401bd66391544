#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

struct Matmul {
  Var p{"p"}, m{"m"}, n{"n"};
  RDom k;
  Func sum{"sum"}, y{"y"};
  template <class A, class B>
  Matmul(const A& a, const B& b) : k(0, a.dim(0).extent()) {
    // Whole vectors run past the last column.
    const Func columns =
        BoundaryConditions::repeat_edge(b, {{0, b.dim(0).extent()}, {Expr(), Expr()}, {Expr(), Expr()}});
    sum(p, m, n) = 0.0f;
    sum(p, m, n) += a(k, m, n) * columns(p, k, n);
    y(p, m, n) = sum(p, m, n);
  }
};

}  // namespace lithe
