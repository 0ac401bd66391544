#pragma once
#include "halide_generators/conv2d/algorithm.h"

// The gradients of a convolution. That of x is a convolution of dy with turned
// weights, which forward kernels compute; only strided ones have a kernel of
// their own. Gradients of weights are sums over all pixels of all images: in
// parts, whose number the shape fixes, of chunks, each of which is one
// sequential sum.
namespace lithe {

/// Zero outside an image whose rows are runs.
template <class X>
Func zeros_around_runs(const X& x) {
  return BoundaryConditions::constant_exterior(x, 0.0f,
                                               {{0, x.dim(0).extent()}, {0, x.dim(1).extent()}, {Expr(), Expr()}});
}

/// The gradient of x as a convolution of dy: pixel w = q stride + r meets the taps (r + pad) % stride, one stride
/// further and so on, at a column of dy and those before it. `weights` are packed as for the convolution of dy (panels
/// of 16 channels of x), taps in their order. Rows of dy are runs i = o + O w.
struct StridedGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, ni{"ni"}, no{"no"}, q{"q"}, r{"r"}, i{"i"};
  RDom k;
  Func padded{"padded"}, acc{"acc"}, row{"row"}, dx{"result"};
  template <class Y, class Weights>
  StridedGradient(const Y& dy, const Weights& weights, Expr C, Expr O, Expr groups, const Window& s) {
    const Expr K = weights.dim(1).extent(), KW = weights.dim(2).extent(), KH = weights.dim(3).extent();
    k = RDom(0, K, 0, (KW + s.stride_w - 1) / s.stride_w, 0, (KH + s.stride_h - 1) / s.stride_h);
    padded(i, h, n) = zeros_around_runs(dy)(i, h, n);
    const Expr kx = (r + s.pad_w) % s.stride_w + k.y * s.stride_w, ky = (h + s.pad_h) % s.stride_h + k.z * s.stride_h;
    const Expr at = q + (r + s.pad_w) / s.stride_w - k.y, panel = min(no, weights.dim(4).extent() - 1);
    acc(ni, no, q, r, h, n) = 0.0f;
    k.where(kx < KW && ky < KH);
    acc(ni, no, q, r, h, n) +=
        weights(ni, k.x, clamp(kx, 0, KW - 1), clamp(ky, 0, KH - 1), panel) *
        padded(panel_start(no, O, C, K, groups) + k.x + at * O, (h + s.pad_h) / s.stride_h - k.z, n);
    row(ni, no, q, r, h, n) = acc(ni, no, q, r, h, n);
    dx(w, h, c, n) = row(c % kPanel, c / kPanel, w / s.stride_w, w % s.stride_w, h, n);
  }
};

/// The same for one tap per channel: weights(c, kx, ky).
struct StridedDepthwiseGradient {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, q{"q"}, r{"r"};
  RDom k;
  Func padded{"padded"}, acc{"acc"}, row{"row"}, dx{"result"};
  template <class Y, class Weights>
  StridedDepthwiseGradient(const Y& dy, const Weights& weights, const Window& s) {
    const Expr KW = weights.dim(1).extent(), KH = weights.dim(2).extent();
    k = RDom(0, (KW + s.stride_w - 1) / s.stride_w, 0, (KH + s.stride_h - 1) / s.stride_h);
    padded(c, w, h, n) = zero_padded(dy)(w, h, c, n);
    const Expr kx = (r + s.pad_w) % s.stride_w + k.x * s.stride_w, ky = (h + s.pad_h) % s.stride_h + k.y * s.stride_h;
    acc(c, q, r, h, n) = 0.0f;
    k.where(kx < KW && ky < KH);
    acc(c, q, r, h, n) += weights(c, clamp(kx, 0, KW - 1), clamp(ky, 0, KH - 1)) *
                          padded(c, q + (r + s.pad_w) / s.stride_w - k.x, (h + s.pad_h) / s.stride_h - k.y, n);
    row(c, q, r, h, n) = acc(c, q, r, h, n);
    dx(w, h, c, n) = row(c, w / s.stride_w, w % s.stride_w, h, n);
  }
};

/// How a sum over `count` rows is split: chunks of `size` rows, parts of neighbouring chunks. There are as many parts
/// as memory for at most kMost numbers allows, of `each` numbers, but no more than kParts.
struct Parts {
  static constexpr int kMost = 1 << 20, kParts = 16;
  Expr count, chunks, parts, chunks_per_part;
  int size;
  Parts(Expr count_, int size_, Expr each) : count(count_), size(size_) {
    chunks = (count + size - 1) / size;
    parts = max(min(min(kMost / max(each, 1), kParts), chunks), 1);
    chunks_per_part = (chunks + parts - 1) / parts;
  }
};

/// The first input that 16 outputs from `first` on read (panel_start).
inline Expr band_start(Expr first, Expr C, Expr O, Expr K, Expr groups) {
  return clamp(first / (O / groups) * (C / groups), 0, C - K);
}

/// Channels in blocks of `lanes`. The last block moves back to where all of its channels exist, so that it reads whole
/// vectors too.
struct Blocks {
  int lanes;
  Expr channels;
  Expr few() const { return channels < lanes; }  // schedules tell apart
  Expr first(Expr block) const { return min(block * lanes, max(channels - lanes, 0)); }
  Expr channel(Expr block, Expr lane) const {
    const Expr c = first(block) + lane;
    return select(few(), clamp(c, 0, channels - 1), unsafe_promise_clamped(c, 0, channels - 1));
  }
  Expr block(Expr c) const { return c / lanes; }
  Expr lane(Expr c) const { return clamp(c - first(block(c)), 0, lanes - 1); }
};

/// Where in its band input i of the group of output o stands; the band is that of outputs from `first` on.
inline Expr place_in_band(Expr o, Expr first, Expr i, Expr C, Expr O, Expr K, Expr groups) {
  return clamp(o / (O / groups) * (C / groups) + i - band_start(first, C, O, K, groups), 0, K - 1);
}

/// dw(o, k) = sum_m dy(o, m) x(k, m), rows m: pixels or images. In panels of 16 outputs over a band of inputs.
struct PanelGradient {
  Var ni{"ni"}, no{"no"}, k{"k"}, part{"part"}, chunk{"chunk"};
  Blocks panels;
  RDom row, chunks, parts;
  Func acc{"acc"}, sum{"sum"}, total{"total"};
  template <class X, class Y>
  PanelGradient(const X& x, const Y& dy, Expr C, Expr O, Expr K, Expr groups, const Parts& p)
      : panels{kPanel, O}, row(0, p.size), chunks(0, p.chunks_per_part), parts(0, p.parts) {
    const Expr start = band_start(panels.first(no), C, O, K, groups);
    const Expr m = min(chunk * p.size + row, p.count - 1);  // the last chunk may be shorter
    acc(ni, k, no, chunk) = 0.0f;
    row.where(chunk * p.size + row < p.count);
    acc(ni, k, no, chunk) += dy(panels.channel(no, ni), m) * x(min(start + k, C - 1), m);
    sum(ni, k, no, part) = 0.0f;
    sum(ni, k, no, part) += acc(ni, k, no, part * p.chunks_per_part + chunks);
    total(ni, k, no) = 0.0f;
    total(ni, k, no) += sum(ni, k, no, parts);
  }
  Expr of(Expr o, Expr at) const { return total(panels.lane(o), at, panels.block(o)); }
};

/// The sum over the pixels of an image is cut into bands of rows.
struct Bands {
  static constexpr int kPixels = 1024;  // what a band reads stays in the L2 cache
  Expr count, rows;
  Bands(Expr Wo, Expr Ho) {
    count = (Wo * Ho + kPixels - 1) / kPixels;
    rows = (Ho + count - 1) / count;
  }
};

/// The same for every tap of a window. Rows of x are runs i = c + C w (DirectConv), and so the columns of `s` count
/// inputs, not pixels. Rows between zeros and panels of dy are copied band by band.
struct TapGradient {
  Var ni{"ni"}, no{"no"}, k{"k"}, kx{"kx"}, ky{"ky"}, part{"part"}, band{"band"}, image{"image"}, i{"i"}, w{"w"},
      h{"h"}, n{"n"};
  RDom pixel, chunks, parts;
  Func padded{"padded"}, panel{"panel"}, acc{"acc"}, sum{"sum"}, total{"total"};
  template <class X, class Y>
  TapGradient(const X& x, const Y& dy, Expr C, Expr O, Expr K, Expr groups, const Window& s, const Bands& b,
              const Parts& p)
      : pixel(0, dy.dim(0).extent(), 0, b.rows), chunks(0, b.count, 0, p.chunks_per_part), parts(0, p.parts) {
    const Expr Ho = dy.dim(1).extent(), at = min(image, p.count - 1), y = band * b.rows + pixel.y;
    padded(i, h, n) = zeros_around_runs(x)(i, h, n);
    panel(ni, w, h, no, n) =
        BoundaryConditions::constant_exterior(dy, 0.0f, {{Expr(), Expr()}, {Expr(), Expr()}, {0, O}, {Expr(), Expr()}})(
            w, min(h, Ho - 1), no * kPanel + ni, n);
    const Expr first = pixel.x * s.stride_w + kx * s.dilation_w - s.pad_w + panel_start(no, C, O, K, groups);
    acc(ni, k, kx, ky, no, band, image) = 0.0f;
    pixel.where(y < Ho && image < p.count);  // the last band and the last part may be shorter
    acc(ni, k, kx, ky, no, band, image) +=
        panel(ni, pixel.x, y, no, at) * padded(first + k, y * s.stride_h + ky * s.dilation_h - s.pad_h, at);
    sum(ni, k, kx, ky, no, part) = 0.0f;
    sum(ni, k, kx, ky, no, part) += acc(ni, k, kx, ky, no, chunks.x, part * p.chunks_per_part + chunks.y);
    total(ni, k, kx, ky, no) = 0.0f;
    total(ni, k, kx, ky, no) += sum(ni, k, kx, ky, no, parts);
  }
};

/// One input per output: dw(c, kx, ky).
struct DepthwiseTapGradient {
  Var ci{"ci"}, co{"co"}, kx{"kx"}, ky{"ky"}, part{"part"}, band{"band"}, image{"image"}, w{"w"}, h{"h"}, n{"n"};
  Blocks blocks;
  RDom pixel, chunks, parts;
  Func padded{"padded"}, acc{"acc"}, sum{"sum"}, total{"total"};
  template <class X, class Y>
  DepthwiseTapGradient(const X& x, const Y& dy, const Blocks& blocks_, const Window& s, const Bands& b, const Parts& p)
      : blocks(blocks_),
        pixel(0, dy.dim(0).extent(), 0, b.rows),
        chunks(0, b.count, 0, p.chunks_per_part),
        parts(0, p.parts) {
    const Expr Ho = dy.dim(1).extent(), c = blocks.channel(co, ci), at = min(image, p.count - 1),
               y = band * b.rows + pixel.y;
    padded(ci, w, h, co, n) = zero_padded(x)(w, h, c, n);
    acc(ci, kx, ky, co, band, image) = 0.0f;
    pixel.where(y < Ho && image < p.count);
    acc(ci, kx, ky, co, band, image) +=
        dy(pixel.x, min(y, Ho - 1), c, at) * padded(ci, pixel.x * s.stride_w + kx * s.dilation_w - s.pad_w,
                                                    y * s.stride_h + ky * s.dilation_h - s.pad_h, co, at);
    sum(ci, kx, ky, co, part) = 0.0f;
    sum(ci, kx, ky, co, part) += acc(ci, kx, ky, co, chunks.x, part * p.chunks_per_part + chunks.y);
    total(ci, kx, ky, co) = 0.0f;
    total(ci, kx, ky, co) += sum(ci, kx, ky, co, parts);
  }
  Expr of(Expr c, Expr x, Expr y) const { return total(blocks.lane(c), x, y, blocks.block(c)); }
};

/// db(o) = sum_m dy(o, m).
struct BiasGradient {
  Var o{"o"}, chunk{"chunk"};
  RDom row, chunks;
  Func acc{"acc"}, total{"total"};
  static constexpr int kChunk = 256;
  template <class Y>
  BiasGradient(const Y& dy, Expr rows) : row(0, kChunk), chunks(0, (rows + kChunk - 1) / kChunk) {
    const Expr m = chunk * kChunk + row;
    acc(o, chunk) = 0.0f;
    acc(o, chunk) += select(m < rows, dy(o, min(m, rows - 1)), 0.0f);
    total(o) = 0.0f;
    total(o) += acc(o, chunks);
  }
};

}  // namespace lithe
