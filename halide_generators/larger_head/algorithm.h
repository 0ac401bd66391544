#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

struct LargerHead {
  Var c{"c"}, n{"n"};
  RDom r;
  Func most_p{"most_p"}, most_q{"most_q"}, y{"y"};
  template <class P>
  LargerHead(const P& p, const P& q) : r(0, p.dim(0).extent()) {
    most_p(n) = maximum(p(r, n));
    most_q(n) = maximum(q(r, n));
    y(c, n) = select(most_p(n) >= most_q(n), p(c, n), q(c, n));
  }
};

}  // namespace lithe
