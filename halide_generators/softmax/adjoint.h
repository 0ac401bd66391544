#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// dx(c, m) = y(c, m) (dy(c, m) - sum_c' y(c', m) dy(c', m)).
struct SoftmaxGradient {
  Var c{"c"}, m{"m"};
  RDom r;
  Func mean{"mean"}, dx{"result"};
  template <class Y>
  SoftmaxGradient(const Y& y, const Y& dy) : r(0, y.dim(0).extent()) {
    mean(m) = 0.0f;
    mean(m) += y(r, m) * dy(r, m);
    dx(c, m) = y(c, m) * (dy(c, m) - mean(m));
  }
};

}  // namespace lithe
