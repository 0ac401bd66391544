#pragma once
#include "halide_generators/conv2d/algorithm.h"

namespace lithe {

/// Channel index(c) of x where channel c is asked for: what a pointwise convolution reads instead of x.
template <class X, class Index>
struct PermutedChannels {
  const X& x;
  const Index& index;
  auto dim(int i) const { return x.dim(i); }
  Expr operator()(Expr c, Expr m) const { return x(unsafe_promise_clamped(index(c), 0, x.dim(0).extent() - 1), m); }
};

}  // namespace lithe
