#pragma once
#include "halide_generators/conv2d/algorithm.h"

// `ni` is the channel inside a panel of 16, `no` the panel; weights are padded to whole blocks of panels.
namespace lithe {

/// A depthwise 3x3 layer with padding 1 behind a dense one, whose sums are for the layers below to define.
struct ThenDepthwise {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, ni{"ni"}, no{"no"};
  RDom k{0, 3, 0, 3};
  Func sum{"sum"}, rows{"rows"}, acc{"acc"}, y{"result"};

 protected:
  /// taps(ni, kx, ky, no) and t(ni, no); width, height: of the image between the layers.
  template <class Taps, class T>
  void depthwise(const Taps& taps, const T& t, int stride, Expr width, Expr height, const Bounds& inner,
                 const Bounds& outer) {
    rows(ni, no, w, h, n) = clamped(sum(ni, no, w, h, n), inner.least, inner.most);
    const Func padded = BoundaryConditions::constant_exterior(
        rows, 0.0f, {{Expr(), Expr()}, {Expr(), Expr()}, {0, width}, {0, height}, {Expr(), Expr()}});
    acc(ni, no, w, h, n) = t(ni, no);
    acc(ni, no, w, h, n) += taps(ni, k.x, k.y, no) * padded(ni, no, w * stride + k.x - 1, h * stride + k.y - 1, n);
    y(w, h, c, n) = clamped(acc(c % kPanel, c / kPanel, w, h, n), outer.least, outer.most);
  }
};

/// Behind a 1x1 layer: weights(ni, k, no, n) and shift(ni, no, n). index(k, no, w, h) is k.
struct ExpandDepthwise : ThenDepthwise {
  RDom inputs;
  template <class X, class Weights, class Shift, class Taps, class T, class Index>
  ExpandDepthwise(const X& x, const Weights& weights, const Shift& shift, const Taps& taps, const T& t, int stride,
                  const Bounds& inner, const Bounds& outer, const Index& index)
      : inputs(0, x.dim(2).extent()) {
    sum(ni, no, w, h, n) = shift(ni, no, n);
    sum(ni, no, w, h, n) += weights(ni, index(inputs, no, w, h), no, n) * x(w, h, inputs, n);
    depthwise(taps, t, stride, x.dim(0).extent(), x.dim(1).extent(), inner, outer);
  }
};

/// Behind a 3x3 layer with stride 2 and padding 1: weights(ni, c, kx, ky, no) and b(ni, no).
struct StemDepthwise : ThenDepthwise {
  RDom columns, window;
  Func padded{"padded"};
  template <class X, class Weights, class Taps, class T>
  StemDepthwise(const X& x, const Weights& weights, const T& b, const Taps& taps, const T& t, const Bounds& inner,
                const Bounds& outer, const Target& target)
      : columns(0, x.dim(0).extent()), window(0, x.dim(2).extent(), 0, 3, 0, 3) {
    const Expr width = x.dim(0).extent(), height = x.dim(1).extent();
    if (target.has_gpu_feature()) {
      padded(w, c, h, n) = BoundaryConditions::constant_exterior(
          x, 0.0f, {{0, width}, {0, height}, {Expr(), Expr()}, {Expr(), Expr()}})(w, h, c, n);
    } else {  // a condition on columns would stand inside of vectors
      padded(w, c, h, n) = 0.0f;
      padded(columns, c, h, n) = select(h >= 0 && h < height, x(columns, clamp(h, 0, height - 1), c, n), 0.0f);
    }
    sum(ni, no, w, h, n) = b(ni, no);
    sum(ni, no, w, h, n) +=
        weights(ni, window.x, window.y, window.z, no) * padded(w * 2 + window.y - 1, window.x, h * 2 + window.z - 1, n);
    depthwise(taps, t, 1, (width + 1) / 2, (height + 1) / 2, inner, outer);
  }
};

}  // namespace lithe
