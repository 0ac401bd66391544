#pragma once
#include "halide_generators/conv2d/algorithm.h"

namespace lithe {

/// The two halves, `column` and `sum`, and between them `padded`, rows of columns with zeros on both sides. Planar:
/// vectors run over w, channels are scalars, so that permuting them costs nothing.
struct FactorizedConv {
  Var w{"w"}, h{"h"}, i{"i"}, m{"m"}, o{"o"}, n{"n"};
  RDom k, v, border;  // border: the columns of zeros
  struct Run {        // a row is covered by overlapping vectors
    RDom r;           // lane, vector
    Func column{"column"};
  };
  std::vector<Run> runs;  // one per width of vectors
  Func column{"column"};  // where there are none: each element when it is needed
  Func channel{"channel"}, padded{"padded"}, sum{"sum"}, y{"result"};

  struct Extents {
    Expr W, H, C, I, M, multiplier, KH, KW;
  };

  /// `lanes`: the widths of vectors that may fill a row, descending; the first that fits into the row does. None: no
  /// vectors.
  template <class X, class U, class V, class A, class B, class Index>
  FactorizedConv(const X& x, const U& u, const V& weights, const A& a, const B& b, const Index& index, const Extents& e,
                 const Window& s, const Bounds& bounds, const std::vector<int>& lanes)
      : k(0, e.KH, 0, e.I), v(0, e.KW), border(0, 2 * s.pad_w) {
    const Func rows = BoundaryConditions::constant_exterior(
        x, 0.0f, {{Expr(), Expr()}, {0, e.H}, {Expr(), Expr()}, {Expr(), Expr()}});
    const Expr per_group = e.M / (e.C / e.I);
    const Expr inside = unsafe_promise_clamped(w, 0, e.W - 1);
    channel(i, m) = unsafe_promise_clamped(index(m / per_group * e.I + i), 0, e.C - 1);
    const auto define = [&](Func f) {
      const Expr c = unsafe_promise_clamped(channel(k.y, m), 0, e.C - 1);
      f(w, h, m, n) = a(m);
      f(w, h, m, n) += u(k.x, k.y, m) * rows(inside, h * s.stride_h + k.x - s.pad_h, c, n);
    };
    if (!lanes.empty()) {
      padded(w, h, m, n) = undef<float>();
      padded(select(border < s.pad_w, border - s.pad_w, border - s.pad_w + e.W), h, m, n) = 0.0f;
    }
    for (size_t l = 0; l < lanes.size(); ++l) {
      Expr fits = e.W >= lanes[l];
      if (l > 0) fits = fits && e.W < lanes[l - 1];
      const RDom r(0, lanes[l], 0, select(fits, (e.W + lanes[l] - 1) / lanes[l], 0));
      runs.push_back({r});
      define(runs.back().column);
      const Expr at = min(r.y * lanes[l], e.W - lanes[l]) + r.x;
      padded(at, h, m, n) = runs.back().column(at, h, m, n);
    }
    if (lanes.empty()) {
      define(column);
      padded(w, h, m, n) = select(w >= 0 && w < e.W, column(clamp(w, 0, e.W - 1), h, m, n), 0.0f);
    }
    sum(w, h, o, n) = b(o);
    sum(w, h, o, n) += weights(v, o) * padded(w * s.stride_w + v - s.pad_w, h, o / e.multiplier, n);
    y(w, h, o, n) = clamped(sum(w, h, o, n), bounds.least, bounds.most);
  }
};

}  // namespace lithe
