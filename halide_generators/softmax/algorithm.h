#pragma once
#include "halide_generators/elementwise/algorithm.h"

namespace lithe {

/// Over the channels c of pixel m.
struct Softmax {
  Var c{"c"}, m{"m"};
  RDom r;
  Func most{"most"}, power{"power"}, sum{"sum"}, y{"y"};
  template <class X>
  explicit Softmax(const X& x) : r(0, x.dim(0).extent()) {
    most(m) = x(0, m);
    most(m) = select(x(r, m) <= most(m), most(m), x(r, m));
    power(c, m) = exponential(x(min(c, x.dim(0).extent() - 1), m) - most(m));  // whole vectors run past the end
    sum(m) = 0.0f;
    sum(m) += power(r, m);
    y(c, m) = power(c, m) / sum(m);
  }
};

}  // namespace lithe
