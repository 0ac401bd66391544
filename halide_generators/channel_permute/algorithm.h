#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

struct ChannelPermute {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Func y{"y"};
  template <class X, class Index>
  ChannelPermute(const X& x, const Index& index) {
    y(w, h, c, n) = x(w, h, clamp(index(c), 0, x.dim(2).extent() - 1), n);
  }
};

}  // namespace lithe
