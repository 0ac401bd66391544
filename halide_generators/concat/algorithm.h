#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// One input and its slice of the output.
struct Concat {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Func y{"y"};
  template <class X>
  explicit Concat(const X& x) {
    y(w, h, c, n) = x(w, h, c, n);
  }
};

/// The same where y is the whole output: the input goes behind its first channels.
struct ConcatBehind {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom channel;
  Expr output, value;
  template <class X>
  ConcatBehind(const X& x, Expr first) : channel(0, x.dim(2).extent()) {
    output = first + channel;
    value = x(w, h, channel, n);
  }
};

}  // namespace lithe
