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

}  // namespace lithe
