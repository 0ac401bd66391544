#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

struct ChannelScale {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Func y{"y"};
  template <class X, class S>
  ChannelScale(const X& x, const S& s) {
    y(w, h, c, n) = s(c, n) * x(w, h, c, n);
  }
};

}  // namespace lithe
