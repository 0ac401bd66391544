#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y(c) = x(index(c)) for every pixel p. That the index holds channel numbers is a requirement of the contract.
struct ChannelPermute {
  Var c{"c"}, p{"p"}, n{"n"};
  Func rows{"rows"}, y{"result"};  // rows: a copy of x for schedules of many channels
  Expr many;
  template <class X, class Index>
  ChannelPermute(const X& x, const Index& index, Expr C) : many(C >= 64) {
    const Expr from = unsafe_promise_clamped(index(c), 0, C - 1);
    rows(c, p, n) = x(c, min(p, x.dim(1).extent() - 1), n);
    y(c, p, n) = select(many, rows(from, p, n), x(from, p, n));
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
