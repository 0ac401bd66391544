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

}  // namespace lithe
