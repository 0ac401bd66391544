#pragma once
#include "halide_generators/buffers.h"

namespace lithe {

enum class Weights { kF32, kF16, kBF16 };

/// Weights packed in panels, w(ni, k, no), as an operand of a Gemm with K inputs per output. In half precision a word
/// holds two of them, of inputs 2 i (the lower half) and 2 i + 1: one load and one or two cheap operations each, where
/// unpacking 16-bit lanes takes twice as long as reading them from the L3 cache.
template <class Buffer, class X>
struct PanelWeights {
  Weights type;
  const Buffer& w;
  const X& x;

  auto dim(int) const { return x.dim(0); }  // K
  Expr operator()(const Expr& ni, const Expr& k, const Expr& no) const {
    const Expr panel = min(no, w.dim(2).extent() - 1);  // a tile may end behind the last one
    if (type == Weights::kF32) return w(ni, k, panel);
    const Expr pair = w(ni, k / 2, panel);
    const Expr upper = select(k % 2 == 0, pair << 16, pair);
    return type == Weights::kF16 ? from_float16(upper) : from_bfloat16(upper);
  }

 private:
  // Of the upper half of a word, whatever the lower one holds.
  static Expr from_bfloat16(const Expr& word) { return reinterpret<float>(word & Expr(0xffff0000u)); }
  // The exponent's 5 bits at the lower end of float32's 8 make a number that is too small by 2^(127 - 15), exactly,
  // subnormal or not. Infinity and NaN would come out finite: weights are neither. Halide 14 has no instruction for
  // this, and its own conversion takes three times as long. Strict: or Halide would move the factor behind the product
  // with x, which can be too small for a float32.
  static Expr from_float16(const Expr& word) {
    const Expr moved = reinterpret<int32_t>(word) >> 3;  // copies of the sign come between
    return strict_float(reinterpret<float>(moved & reinterpret<int32_t>(Expr(0x8fffe000u))) * 0x1p112f);
  }
};

}  // namespace lithe
