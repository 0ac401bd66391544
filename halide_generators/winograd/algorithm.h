#pragma once
#include "halide_generators/conv2d/algorithm.h"

// The equations of Winograd's convolution (filter.h): B' for the input, A' for the result, one axis at a time.
namespace lithe::winograd {

using Exprs = std::vector<Expr>;

constexpr float kSqrt2 = 1.41421356237309504880f;

/// B' x: m + 2 neighbouring inputs of a tile of m outputs.
inline Exprs transformed_input(const Exprs& x) {
  if (x.size() == 4) return {x[0] - x[2], x[1] + x[2], x[2] - x[1], x[1] - x[3]};
  const Expr a = x[4] - 2.0f * x[2], b = (kSqrt2 / 2) * x[3] - kSqrt2 * x[1];
  const Expr c = x[4] - 0.5f * x[2], d = kSqrt2 * x[3] - (kSqrt2 / 2) * x[1];
  return {x[0] - 2.5f * x[2] + x[4], a + b, a - b, c + d, c - d, x[1] - 2.5f * x[3] + x[5]};
}

/// A' p: from m + 2 products to m outputs.
inline Exprs transformed_output(const Exprs& p) {
  if (p.size() == 4) return {p[0] + p[1] + p[2], p[1] - p[2] - p[3]};
  const Expr a = p[1] + p[2], b = p[1] - p[2], c = p[3] + p[4], d = p[3] - p[4];
  return {p[0] + a + c, (kSqrt2 / 2) * b + kSqrt2 * d, 0.5f * a + 2.0f * c, (kSqrt2 / 4) * b + (2 * kSqrt2) * d + p[5]};
}

/// Variables: t the tile, row by row; u, v row and column inside a tile, of its inputs, products or outputs.
struct Convolution {
  Var w{"w"}, h{"h"}, c{"c"}, n{"n"}, t{"t"}, u{"u"}, v{"v"}, ni{"ni"}, no{"no"};
  RDom k, tile;  // tile: column and row inside a tile, tile
  Func padded{"padded"}, columns{"columns"}, transformed{"transformed"}, sum{"sum"}, product{"product"}, rows{"rows"};
  Expr tiles;

  /// Defines `y`, W x H. Weights are (16, K, products row by row, panels). `added`, if defined, is added before the
  /// clamp.
  template <class X, class Weights, class B, class Y>
  Convolution(const X& x, const Weights& weights, const B& b, Y& y, Expr W, Expr H, int tile_w, int tile_h, Expr pad_w,
              Expr pad_h, const Bounds& s, const Func& added) {
    const int products_w = tile_w + 2, products_h = tile_h + 2;
    const Expr wide = (W + tile_w - 1) / tile_w;
    tiles = wide * ((H + tile_h - 1) / tile_h);
    padded(c, w, h, n) = zero_padded(x)(w, h, c, n);
    const auto range = [](int count, const auto& at) {
      Exprs result;
      for (int i = 0; i < count; ++i) result.push_back(at(i));
      return result;
    };
    columns(c, v, u, t, n) = mux(v, transformed_input(range(products_w, [&](int i) {
                                   return padded(c, t % wide * tile_w + i - pad_w, t / wide * tile_h + u - pad_h, n);
                                 })));
    transformed(c, t, v, u, n) =
        mux(u, transformed_input(range(products_h, [&](int i) { return columns(c, v, i, t, n); })));

    k = RDom(0, weights.dim(1).extent());
    sum(ni, no, t, v, u, n) = 0.0f;
    sum(ni, no, t, v, u, n) += weights(ni, k, v + u * products_w, no) * transformed(k, t, v, u, n);
    product(ni, no, t, v, u, n) = sum(ni, no, t, v, u, n);

    rows(ni, no, v, u, t, n) =
        mux(u, transformed_output(range(products_h, [&](int i) { return product(ni, no, t, v, i, n); })));
    tile = RDom(0, tile_w, 0, tile_h, 0, tiles);
    const Expr column = tile.z % wide * tile_w + tile.x, row = tile.z / wide * tile_h + tile.y;
    tile.where(row < H);  // tiles may hang over
    tile.where(column < W);
    const Expr value = mux(tile.x, transformed_output(range(products_w, [&](int i) {
                             return rows(c % kPanel, c / kPanel, i, tile.y, tile.z, n);
                           })));
    y(w, h, c, n) = undef<float>();
    const Expr at_w = unsafe_promise_clamped(column, 0, W - 1), at_h = unsafe_promise_clamped(row, 0, H - 1);
    y(at_w, at_h, c, n) = clamped(plus(value + b(c), added, {at_w, at_h, c, n}), s.least, s.most);
  }
};

}  // namespace lithe::winograd
