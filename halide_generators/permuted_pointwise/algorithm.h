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

/// y(p, o) = clamp(b(o) + sum_k w(k, o) x(p, index(g(o) I + k))): of planes of pixels p, whose order costs nothing.
struct PlanarPointwise {
  Var p{"p"}, o{"o"}, n{"n"};
  RDom k;
  Func sum{"sum"}, y{"result"};
  template <class X, class W, class B, class Index>
  PlanarPointwise(const X& x, const W& w, const B& b, const Index& index, Expr C, Expr I, Expr per_group,
                  const Bounds& bounds)
      : k(0, I) {
    const Expr channel = unsafe_promise_clamped(index(o / per_group * I + k), 0, C - 1);
    sum(p, o, n) = b(o);
    sum(p, o, n) += w(k, o) * x(p, channel, n);
    y(p, o, n) = clamped(sum(p, o, n), bounds.least, bounds.most);
  }
};

}  // namespace lithe
