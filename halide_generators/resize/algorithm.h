#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// Where output position i of one dimension reads: between `low` and `high`, `fraction` of the way.
struct Sampling {
  Var i{"i"};
  Func low{"low"}, high{"high"}, fraction{"fraction"};
  Sampling(Expr in, Expr out, Expr align_corners) {
    const Expr centre = (cast<float>(i) + 0.5f) * cast<float>(in) / cast<float>(out) - 0.5f;
    const Expr corner = cast<float>(i * (in - 1)) / cast<float>(max(out - 1, 1));
    const Expr at = max(select(align_corners != 0, corner, centre), 0.0f);
    low(i) = min(cast<int32_t>(at), in - 1);
    high(i) = min(low(i) + 1, in - 1);
    fraction(i) = at - cast<float>(low(i));
  }
};

struct ResizeBilinear {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  Sampling columns, rows;
  Func y{"y"};
  template <class X>
  ResizeBilinear(const X& x, Expr Wo, Expr Ho, Expr align_corners)
      : columns(x.dim(0).extent(), Wo, align_corners), rows(x.dim(1).extent(), Ho, align_corners) {
    const auto pixel = [&](const Func& column, const Func& row) {
      return x(clamp(column(w), 0, x.dim(0).extent() - 1), clamp(row(h), 0, x.dim(1).extent() - 1), c, n);
    };
    const auto between = [&](const Func& row) {
      const Expr left = pixel(columns.low, row), right = pixel(columns.high, row);
      return left + columns.fraction(w) * (right - left);
    };
    const Expr upper = between(rows.low), lower = between(rows.high);
    y(w, h, c, n) = upper + rows.fraction(h) * (lower - upper);
  }
};

}  // namespace lithe
