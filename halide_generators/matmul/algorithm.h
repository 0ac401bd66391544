#pragma once
#include "halide_generators/product.h"

namespace lithe {

/// y(p, m) = sum_k a(k, m) b(p, k) per image.
struct Matmul {
  Var p{"p"}, m{"m"}, n{"n"}, ni{"ni"}, no{"no"}, k{"k"};
  RDom r;
  Func panels{"panels"}, sum{"sum"}, y{"y"};
  template <class A, class B>
  Matmul(const A& a, const B& b) : r(0, a.dim(0).extent()) {
    panels(ni, k, no, n) = b(min(no * kPanel + ni, b.dim(0).extent() - 1), k, n);  // the last runs past the end
    sum(ni, no, m, n) = 0.0f;
    sum(ni, no, m, n) += panels(ni, r, no, n) * a(r, m, n);
    y(p, m, n) = sum(p % kPanel, p / kPanel, m, n);
  }
};

}  // namespace lithe
