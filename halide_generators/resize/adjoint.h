#pragma once
#include "halide_generators/resize/algorithm.h"

namespace lithe {

/// The output positions of one dimension that read input position i, and how much of it: `most` positions from `first`
/// on, of which those with a weight read it.
struct Readers {
  Sampling sampling;
  Expr in, out, scale, most;
  Readers(Expr in_, Expr out_, Expr align_corners) : sampling(in_, out_, align_corners), in(in_), out(out_) {
    scale = select(align_corners != 0, cast<float>(out - 1) / cast<float>(max(in - 1, 1)),
                   cast<float>(out) / cast<float>(in));
    most = cast<int32_t>(2.0f * scale) + 4;
  }
  Expr first(Expr i, Expr align_corners) const {
    const Expr before = cast<float>(i) - 1.0f;
    const Expr at = select(align_corners != 0, before * scale, (before + 0.5f) * scale - 0.5f);
    return max(cast<int32_t>(floor(at)) - 1, 0);
  }
  Expr inside(Expr o) const { return clamp(o, 0, out - 1); }
  Expr weight(Expr o, Expr i) const {
    const Expr at = inside(o), f = sampling.fraction(at);
    return select(o >= out, 0.0f,
                  select(sampling.low(at) == i, 1.0f - f, 0.0f) + select(sampling.high(at) == i, f, 0.0f));
  }
};

/// In gather form: dx(w, h) = sum over the output pixels that read it.
struct ResizeGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Readers columns, rows;
  RDom r;
  Func sum{"sum"};
  template <class Y>
  ResizeGradient(const Y& dy, Expr W, Expr H, Expr align_corners)
      : columns(W, dy.dim(0).extent(), align_corners),
        rows(H, dy.dim(1).extent(), align_corners),
        r(0, columns.most, 0, rows.most) {
    const Expr column = columns.first(w, align_corners) + r.x, row = rows.first(h, align_corners) + r.y;
    sum(c, w, h, n) = 0.0f;
    sum(c, w, h, n) +=
        columns.weight(column, w) * rows.weight(row, h) * dy(columns.inside(column), rows.inside(row), c, n);
  }
};

}  // namespace lithe
