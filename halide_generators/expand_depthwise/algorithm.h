#pragma once
#include "halide_generators/conv2d/algorithm.h"

// `ni` is the channel inside a panel of 16, `no` the panel; weights are padded to whole blocks of panels.
namespace lithe {

struct ExpandDepthwise {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, ni{"ni"}, no{"no"};
  RDom inputs, k;
  Func sum{"sum"}, rows{"rows"}, acc{"acc"}, y{"result"};
  /// weights(ni, k, no, n) and shift(ni, no, n) expand; taps(ni, kx, ky, no) and t(ni, no) are the depthwise part.
  template <class X, class Weights, class Shift, class Taps, class T>
  ExpandDepthwise(const X& x, const Weights& weights, const Shift& shift, const Taps& taps, const T& t, int stride,
                  const Bounds& inner, const Bounds& outer)
      : inputs(0, x.dim(2).extent()), k(0, 3, 0, 3) {
    sum(ni, no, w, h, n) = shift(ni, no, n);
    sum(ni, no, w, h, n) += weights(ni, inputs, no, n) * x(w, h, inputs, n);
    rows(ni, no, w, h, n) = clamped(sum(ni, no, w, h, n), inner.least, inner.most);
    const Func padded = BoundaryConditions::constant_exterior(
        rows, 0.0f,
        {{Expr(), Expr()}, {Expr(), Expr()}, {0, x.dim(0).extent()}, {0, x.dim(1).extent()}, {Expr(), Expr()}});
    acc(ni, no, w, h, n) = t(ni, no);
    acc(ni, no, w, h, n) += taps(ni, k.x, k.y, no) * padded(ni, no, w * stride + k.x - 1, h * stride + k.y - 1, n);
    y(w, h, c, n) = clamped(acc(c % kPanel, c / kPanel, w, h, n), outer.least, outer.most);
  }
};

}  // namespace lithe
