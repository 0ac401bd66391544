#pragma once
#include <cmath>

#include "halide_generators/elementwise/algorithm.h"

// The equations of convolution on packed weights. Variables run innermost first; `ni` is the output inside a panel,
// `no` the panel.
namespace lithe {

using namespace Halide;

constexpr int kPanel = 16;  // panels.h

/// The first input channel that panel `no` reads. Clamped, so that its bounds are known without knowing the groups.
inline Expr panel_start(Expr no, Expr C, Expr O, Expr K, Expr groups) {
  return clamp(no * kPanel / (O / groups) * (C / groups), 0, C - K);
}

inline bool is_infinite(const Expr& e) {
  const double* value = as_const_float(e);
  return value != nullptr && std::isinf(*value);
}

/// A NaN passes. A bound that is known to be infinite costs nothing. What is clamped is strict too (Halide applies
/// `strict_float` to all that stands inside), with bounds or without: its products become multiply-adds in neither
/// case.
inline Expr clamped(Expr v, Expr least, Expr most) {
  v = strict_float(v);
  if (!is_infinite(least)) v = at_least(v, least);
  return is_infinite(most) ? v : at_most(v, most);
}

struct Bounds {
  Expr least, most;
};

/// `sum`, and what `added`, if it is defined, holds at the same place.
inline Expr plus(const Expr& sum, const Func& added, const std::vector<Expr>& at) {
  return added.defined() ? sum + added(at) : sum;
}

/// y(o, m) = clamp(b(o) + sum_k w(o, k) x(start(o) + k, m) [+ added(o, m)]): pixels or images m as rows of a matrix.
struct Gemm {
  Var o{"o"}, m{"m"}, ni{"ni"}, no{"no"};
  RDom k;
  Func acc{"acc"}, y{"result"};
  template <class X, class W, class B>
  Gemm(const X& x, const W& w, const B& b, Expr groups, const Bounds& s, const Func& added = {})
      : k(0, w.dim(1).extent()) {
    const Expr start = panel_start(no, x.dim(0).extent(), b.dim(0).extent(), w.dim(1).extent(), groups);
    acc(ni, no, m) = 0.0f;
    acc(ni, no, m) += w(ni, k, no) * x(start + k, m);
    y(o, m) = clamped(plus(acc(o % kPanel, o / kPanel, m) + b(o), added, {o, m}), s.least, s.most);
  }
};

/// Every `stride`-th pixel of an image x(w, h, c, n) as a row of a matrix: what a strided pointwise convolution reads.
template <class X>
struct StridedPixels {
  const X& x;
  Expr Wo, Ho, stride_w, stride_h;
  auto dim(int) const { return x.dim(2); }  // the channels
  Expr operator()(Expr c, Expr m) const { return x(m % Wo * stride_w, m / Wo % Ho * stride_h, c, m / Wo / Ho); }
};

struct Window {
  Expr stride_w, stride_h, dilation_w, dilation_h, pad_w, pad_h;
};

/// Zero outside the image.
template <class X>
Func zero_padded(const X& x) {
  return BoundaryConditions::constant_exterior(
      x, 0.0f, {{0, x.dim(0).extent()}, {0, x.dim(1).extent()}, {Expr(), Expr()}, {Expr(), Expr()}});
}

/// y(w, h, o, n) = clamp(b(o) + sum over k, kx, ky of w(o, k, kx, ky) padded(start(o) + k, ...) [+ added(w, h, o, n)]).
/// A row of x is given as one run i = c + C w, so that copying it between zeros is plain copying for any number of
/// channels.
struct DirectConv {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, i{"i"}, ni{"ni"}, no{"no"};
  RDom k;
  Func padded{"padded"}, acc{"acc"}, y{"result"};
  template <class X, class Weights, class B>
  DirectConv(const X& x, const Weights& weights, const B& b, Expr C, Expr groups, const Window& s, const Bounds& bounds,
             const Func& added = {})
      : k(0, weights.dim(1).extent(), 0, weights.dim(2).extent(), 0, weights.dim(3).extent()) {
    const Func zeros = BoundaryConditions::constant_exterior(
        x, 0.0f, {{0, x.dim(0).extent()}, {0, x.dim(1).extent()}, {Expr(), Expr()}});
    padded(i, h, n) = zeros(i, h, n);
    const Expr start = panel_start(no, C, b.dim(0).extent(), weights.dim(1).extent(), groups);
    const Expr column = w * s.stride_w + k.y * s.dilation_w - s.pad_w;
    acc(ni, no, w, h, n) = 0.0f;
    acc(ni, no, w, h, n) += weights(ni, k.x, k.y, k.z, no) *
                            padded(start + k.x + column * C, h * s.stride_h + k.z * s.dilation_h - s.pad_h, n);
    const Expr value = plus(acc(c % kPanel, c / kPanel, w, h, n) + b(c), added, {w, h, c, n});
    y(w, h, c, n) = clamped(value, bounds.least, bounds.most);
  }
};

/// y(w, h, c, n) = clamp(b(c) + sum over kx, ky of w(c, kx, ky) padded(c, ...)).
struct Depthwise {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom k;
  Func padded{"padded"}, acc{"acc"}, y{"result"};
  template <class X, class Weights, class B>
  Depthwise(const X& x, const Weights& weights, const B& b, Expr KW, Expr KH, const Window& s, const Bounds& bounds)
      : k(0, KW, 0, KH) {
    padded(c, w, h, n) = zero_padded(x)(w, h, c, n);
    acc(c, w, h, n) = 0.0f;
    acc(c, w, h, n) += weights(c, k.x, k.y) * padded(c, w * s.stride_w + k.x * s.dilation_w - s.pad_w,
                                                     h * s.stride_h + k.y * s.dilation_h - s.pad_h, n);
    y(w, h, c, n) = clamped(acc(c, w, h, n) + b(c), bounds.least, bounds.most);
  }
};

}  // namespace lithe
