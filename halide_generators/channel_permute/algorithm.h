#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y(c) = x(index(c)) for every pixel p. That the index holds channel numbers is a requirement of the contract.
struct ChannelPermute {
  Var c{"c"}, p{"p"}, n{"n"};
  Func y{"y"};
  template <class X, class Index>
  ChannelPermute(const X& x, const Index& index) {
    y(c, p, n) = x(unsafe_promise_clamped(index(c), 0, x.dim(0).extent() - 1), p, n);
  }
};

/// The same of planes of pixels p.
struct PlanarPermute {
  Var c{"c"}, p{"p"}, n{"n"};
  Func y{"result"};
  template <class X, class Index>
  PlanarPermute(const X& x, const Index& index, Expr C) {
    y(p, c, n) = x(p, unsafe_promise_clamped(index(c), 0, C - 1), n);
  }
};

}  // namespace lithe
