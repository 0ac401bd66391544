#pragma once
#include "halide_generators/elementwise/algorithm.h"

namespace lithe {

struct ChannelScale {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Func y{"y"};
  template <class X, class S>
  ChannelScale(const X& x, const S& s) {
    y(w, h, c, n) = s(c, n) * x(w, h, c, n);
  }
};

struct ScaleAdd {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Func y{"y"};
  template <class X, class S>
  ScaleAdd(const X& x, const S& s, const X& p, Expr least, Expr most) {
    y(w, h, c, n) = at_most(at_least(p(w, h, c, n) + s(c, n) * x(w, h, c, n), least), most);
  }
};

}  // namespace lithe
