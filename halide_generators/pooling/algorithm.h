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
    y(w, h, c, n) = sum(c, w, h, n) / cast<float>(select(count_include_pad != 0, padded, real));
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
    y(w, h, c, n) = sum(c, w, h, n) / cast<float>(columns * rows);
  }

 private:
  static Expr first(Expr i, Expr extent, Expr cells) { return i * extent / cells; }
  static Expr end(Expr i, Expr extent, Expr cells) { return ((i + 1) * extent + cells - 1) / cells; }
  static Expr longest(Expr extent, Expr cells) { return (extent + cells - 1) / cells + 1; }
};

/// The mean over all pixels. An image is read as a row of H*W*C numbers in pieces of `period`, a multiple of both C and
/// 16: position p of a piece always belongs to channel p mod C, so that few channels fill vectors as well as many. The
/// parts of a channel are added last; their number depends on C alone.
struct GlobalAvgPool {
  Var c{"c"}, lane{"lane"}, v{"v"}, n{"n"};
  RDom piece, part;
  Func sum{"sum"}, total{"total"}, y{"y"};
  template <class X>
  GlobalAvgPool(const X& x, Expr C)
      : piece(0, (x.dim(0).extent() + period(C) - 1) / period(C)), part(0, period(C) / C) {
    const Expr size = x.dim(0).extent();
    const Func all = BoundaryConditions::constant_exterior(x, 0.0f, {{0, size}, {Expr(), Expr()}});
    sum(lane, v, n) = 0.0f;
    sum(lane, v, n) += all(piece * period(C) + v * kLanes + lane, n);
    total(c, n) = 0.0f;
    total(c, n) += sum((c + part * C) % kLanes, (c + part * C) / kLanes, n);
    y(c, n) = total(c, n) / cast<float>(size / C);
  }

  static constexpr int kLanes = 16;

 private:
  /// At least 8 vectors, whose sums the processor can add side by side.
  static Expr period(Expr C) {
    const Expr whole = select(C % 16 == 0, C, C % 8 == 0, 2 * C, C % 4 == 0, 4 * C, C % 2 == 0, 8 * C, 16 * C);
    return whole * max(1, 8 * kLanes / whole) / kLanes * kLanes;
  }
};

}  // namespace lithe
