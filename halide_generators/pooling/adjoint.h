#pragma once
#include "halide_generators/pooling/algorithm.h"

// In gather form: a pixel collects from the windows that it lies in.
namespace lithe {

/// The windows of one dimension that position i may lie in: `first` and the ones after it, `most` of them at most.
inline Expr first_window(Expr i, Expr kernel, Expr stride, Expr pad) {
  return max((i + pad - kernel + stride) / stride, 0);
}
inline Expr most_windows(Expr kernel, Expr stride) { return (kernel + stride - 1) / stride; }

/// Of equal elements the first one of a window wins, rows before columns, and gets its gradient.
struct MaxPoolGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom tap, window;
  Func winner{"winner"}, place{"place"}, dx{"sum"};  // the winner's place in the window: kernel_w * row + column
  template <class X>
  MaxPoolGradient(const X& x, const X& dy, const PoolWindow& s)
      : tap(0, s.kernel_w, 0, s.kernel_h),
        window(0, most_windows(s.kernel_w, s.stride_w), 0, most_windows(s.kernel_h, s.stride_h)) {
    const Expr W = x.dim(0).extent(), H = x.dim(1).extent(), Wo = dy.dim(0).extent(), Ho = dy.dim(1).extent();
    const Expr column = w * s.stride_w - s.pad_w + tap.x, row = h * s.stride_h - s.pad_h + tap.y;
    const Expr v = x(clamp(column, 0, W - 1), clamp(row, 0, H - 1), c, n);
    winner(c, w, h, n) = Tuple(-1, Float(32).min());
    const Expr before = winner(c, w, h, n)[1];
    const Expr wins = inside(column, W) && inside(row, H) && (winner(c, w, h, n)[0] < 0 || before < v);
    winner(c, w, h, n) =
        Tuple(select(wins, tap.y * s.kernel_w + tap.x, winner(c, w, h, n)[0]), select(wins, v, before));
    place(c, w, h, n) = winner(c, w, h, n)[0];

    const Expr wo = first_window(w, s.kernel_w, s.stride_w, s.pad_w) + window.x;
    const Expr ho = first_window(h, s.kernel_h, s.stride_h, s.pad_h) + window.y;
    const Expr here = (h + s.pad_h - ho * s.stride_h) * s.kernel_w + (w + s.pad_w - wo * s.stride_w);
    const Expr at_w = clamp(wo, 0, Wo - 1), at_h = clamp(ho, 0, Ho - 1);
    const Expr is_mine = wo < Wo && ho < Ho && wo * s.stride_w <= w + s.pad_w && ho * s.stride_h <= h + s.pad_h &&
                         place(c, at_w, at_h, n) == here;
    dx(c, w, h, n) = 0.0f;
    dx(c, w, h, n) += select(is_mine, dy(at_w, at_h, c, n), 0.0f);
  }
};

struct AvgPoolGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom window;
  Func dx{"sum"};
  template <class Y>
  AvgPoolGradient(const Y& dy, const PoolWindow& s, Expr W, Expr H, Expr count_include_pad)
      : window(0, most_windows(s.kernel_w, s.stride_w), 0, most_windows(s.kernel_h, s.stride_h)) {
    const Expr wo = first_window(w, s.kernel_w, s.stride_w, s.pad_w) + window.x;
    const Expr ho = first_window(h, s.kernel_h, s.stride_h, s.pad_h) + window.y;
    const Expr left = wo * s.stride_w - s.pad_w, top = ho * s.stride_h - s.pad_h;
    const Expr padded = (min(left + s.kernel_w, W + s.pad_w) - left) * (min(top + s.kernel_h, H + s.pad_h) - top);
    const Expr real = (min(left + s.kernel_w, W) - max(left, 0)) * (min(top + s.kernel_h, H) - max(top, 0));
    const Expr count = max(select(count_include_pad != 0, padded, real), 1);
    const Expr Wo = dy.dim(0).extent(), Ho = dy.dim(1).extent();
    dx(c, w, h, n) = 0.0f;
    dx(c, w, h, n) += select(wo < Wo && ho < Ho && left <= w && top <= h,
                             dy(clamp(wo, 0, Wo - 1), clamp(ho, 0, Ho - 1), c, n) * (1.0f / cast<float>(count)), 0.0f);
  }
};

/// Pixel i lies in cell k if k * extent / cells <= i (rounded down) and ceil((k + 1) * extent / cells) > i.
struct AdaptiveAvgPoolGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"};
  RDom cell;
  Func shares{"shares"}, dx{"sum"};                             // shares: what each pixel of a cell gets
  Func column{"column"}, left{"left"}, row{"row"}, top{"top"};  // the first cell of pixels, the first pixel of cells
  template <class Y>
  AdaptiveAvgPoolGradient(const Y& dy, Expr W, Expr H)
      : cell(0, most_cells(W, dy.dim(0).extent()), 0, most_cells(H, dy.dim(1).extent())) {
    const Expr Wo = dy.dim(0).extent(), Ho = dy.dim(1).extent();
    column(w) = w * Wo / W, row(h) = h * Ho / H;
    left(w) = first(w, W, Wo), top(h) = first(h, H, Ho);
    const Expr pixels = (end(w, W, Wo) - left(w)) * (end(h, H, Ho) - top(h));
    shares(c, w, h, n) = dy(w, h, c, n) * (1.0f / cast<float>(pixels));
    const Expr wo = unsafe_promise_clamped(column(w), 0, Wo - 1) + cell.x;
    const Expr ho = unsafe_promise_clamped(row(h), 0, Ho - 1) + cell.y;
    const Expr at_w = min(wo, Wo - 1), at_h = min(ho, Ho - 1);
    const Expr is_in = wo < Wo && ho < Ho && left(at_w) <= w && top(at_h) <= h;
    dx(c, w, h, n) = 0.0f;
    dx(c, w, h, n) += select(is_in, shares(c, at_w, at_h, n), 0.0f);
  }

 private:
  static Expr first(Expr i, Expr extent, Expr cells) { return i * extent / cells; }
  static Expr end(Expr i, Expr extent, Expr cells) { return ((i + 1) * extent + cells - 1) / cells; }
  static Expr most_cells(Expr extent, Expr cells) {
    return select(extent % cells == 0, 1, (cells + extent - 1) / extent + 1);
  }
};

}  // namespace lithe
