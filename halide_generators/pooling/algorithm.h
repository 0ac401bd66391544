#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// Extent, stride and padding of a window, columns (w) and rows (h).
struct PoolWindow {
  Expr kernel_w, kernel_h, stride_w, stride_h, pad_w, pad_h;
};

inline Expr inside(Expr i, Expr extent) { return i >= 0 && i < extent; }

/// Padding never wins: a position outside the image is read at the border, which lies in the same window.
struct MaxPool {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom r;
  Func most{"most"}, y{"y"};
  template <class X>
  MaxPool(const X& x, const PoolWindow& s) : r(0, s.kernel_w, 0, s.kernel_h) {
    const Expr column = clamp(w * s.stride_w - s.pad_w + r.x, 0, x.dim(0).extent() - 1);
    const Expr row = clamp(h * s.stride_h - s.pad_h + r.y, 0, x.dim(1).extent() - 1);
    most(c, w, h, n) = Float(32).min();
    const Expr v = x(column, row, c, n);
    const Expr before = most(c, w, h, n);
    most(c, w, h, n) = strict_float(select(is_nan(v) || before < v, v, before));  // a NaN wins, and then stays
    y(w, h, c, n) = most(c, w, h, n);
  }
};

/// The padded window is cut at the end of the padding (ceil_mode) before its elements are counted.
struct AvgPool {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom r;
  Func sum{"sum"}, y{"y"};
  template <class X>
  AvgPool(const X& x, const PoolWindow& s, Expr count_include_pad) : r(0, s.kernel_w, 0, s.kernel_h) {
    const Expr W = x.dim(0).extent(), H = x.dim(1).extent();
    const Expr left = w * s.stride_w - s.pad_w, top = h * s.stride_h - s.pad_h;
    sum(c, w, h, n) = 0.0f;
    sum(c, w, h, n) += select(inside(left + r.x, W) && inside(top + r.y, H),
                              x(clamp(left + r.x, 0, W - 1), clamp(top + r.y, 0, H - 1), c, n), 0.0f);
    const Expr padded = (min(left + s.kernel_w, W + s.pad_w) - left) * (min(top + s.kernel_h, H + s.pad_h) - top);
    const Expr real = (min(left + s.kernel_w, W) - max(left, 0)) * (min(top + s.kernel_h, H) - max(top, 0));
    y(w, h, c, n) = sum(c, w, h, n) * (1.0f / cast<float>(select(count_include_pad != 0, padded, real)));
  }
};

/// Cell i of `cells` spans [i * extent / cells, ceil((i + 1) * extent / cells)).
struct AdaptiveAvgPool {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom r;
  Func sum{"sum"}, y{"y"};
  template <class X>
  AdaptiveAvgPool(const X& x, Expr Wo, Expr Ho)
      : r(0, longest(x.dim(0).extent(), Wo), 0, longest(x.dim(1).extent(), Ho)) {
    const Expr W = x.dim(0).extent(), H = x.dim(1).extent();
    const Expr left = first(w, W, Wo), top = first(h, H, Ho);
    const Expr columns = end(w, W, Wo) - left, rows = end(h, H, Ho) - top;
    sum(c, w, h, n) = 0.0f;
    r.where(r.x < columns && r.y < rows);
    sum(c, w, h, n) += x(clamp(left + r.x, 0, W - 1), clamp(top + r.y, 0, H - 1), c, n);
    y(w, h, c, n) = sum(c, w, h, n) * (1.0f / cast<float>(columns * rows));  // so does Halide where they are known
  }

 private:
  static Expr first(Expr i, Expr extent, Expr cells) { return i * extent / cells; }
  static Expr end(Expr i, Expr extent, Expr cells) { return ((i + 1) * extent + cells - 1) / cells; }
  static Expr longest(Expr extent, Expr cells) { return (extent + cells - 1) / cells + 1; }
};

/// The mean over all pixels p. Every fourth pixel goes into the same part, so that additions do not wait for each
/// other; the parts are added last, then the pixels after the last whole four.
struct GlobalAvgPool {
  Var c{"c"}, q{"q"}, n{"n"};
  RDom four, part, rest;
  Func sums{"sums"}, total{"total"}, y{"y"};
  static constexpr int kParts = 4;
  template <class X>
  explicit GlobalAvgPool(const X& x)
      : four(0, x.dim(1).extent() / kParts), part(0, kParts), rest(0, x.dim(1).extent() % kParts) {
    const Expr pixels = x.dim(1).extent();
    sums(c, q, n) = 0.0f;
    sums(c, q, n) += x(c, four * kParts + q, n);
    total(c, n) = 0.0f;
    total(c, n) += sums(c, part, n);
    total(c, n) += x(c, pixels / kParts * kParts + rest, n);
    y(c, n) = total(c, n) * (1.0f / cast<float>(pixels));  // so does Halide where the pixels are known
  }
};

/// The mean over all pixels of a plane: every 16th pixel goes into the same part, the parts are added in pairs, then
/// the pixels after the last whole 16.
struct PlanarAvgPool {
  Var c{"c"}, q{"q"}, n{"n"};
  RDom run, rest;
  Func sums{"sums"}, eighths{"eighths"}, quarters{"quarters"}, halves{"halves"}, total{"total"}, y{"y"};
  static constexpr int kParts = 16;
  template <class X>
  PlanarAvgPool(const X& x, Expr pixels) : run(0, pixels / kParts), rest(0, pixels % kParts) {
    sums(q, c, n) = 0.0f;
    sums(q, c, n) += x(run * kParts + q, c, n);
    eighths(q, c, n) = sums(q, c, n) + sums(q + 8, c, n);
    quarters(q, c, n) = eighths(q, c, n) + eighths(q + 4, c, n);
    halves(q, c, n) = quarters(q, c, n) + quarters(q + 2, c, n);
    total(c, n) = halves(0, c, n) + halves(1, c, n);
    total(c, n) += x(pixels / kParts * kParts + rest, c, n);
    y(c, n) = total(c, n) * (1.0f / cast<float>(pixels));  // as above
  }
};

}  // namespace lithe
