#pragma once
#include "halide_generators/conv2d/schedule.h"

namespace lithe {

/// One image has no other to share its weights with: what counts is that many of them are on their way. Two panels wait
/// for their own sums; four read at the speed of the L3 cache.
inline void schedule_row(Gemm& g, Func y, int panels) {
  Var oo{"oo"}, oi{"oi"};
  y.split(g.o, oo, oi, kPanel * panels, TailStrategy::GuardWithIf).split(oi, g.no, g.ni, kPanel);
  y.reorder(g.ni, g.no, oo, g.m).vectorize(g.ni).unroll(g.no).parallel(oo);
  g.acc.compute_at(y, oo);
  schedule_sums(g.acc, g.k, g.ni, g.no, g.m, panels);
}

/// `rows`, `panels`: the extents of the images and of the weights.
inline void schedule_linear(Gemm& g, Func y, const Target& target, bool narrow, bool half, const Expr& rows,
                            const Expr& panels) {
  const int64_t *known_rows = as_const_int(rows), *known_panels = as_const_int(panels);
  const bool many_registers = target.has_feature(Target::AVX512_Skylake);
  if (!target.has_gpu_feature() && known_rows != nullptr && *known_rows == 1 && known_panels != nullptr) {
    const int usual = target.has_feature(Target::AVX2) || target.arch == Target::ARM ? 4 : 2;
    schedule_row(g, y, tunable("panels", std::min(usual, static_cast<int>(*known_panels)), {1, 2, 4, 8}));
  } else {
    schedule(g, y, half && many_registers ? Tile{4, 4} : register_tile(target, narrow));
  }
  if (!half) return;
  RVar pair{"pair"}, one{"one"};  // inputs of a word
  g.acc.update().split(g.k, pair, one, 2, TailStrategy::GuardWithIf).unroll(one);
}

}  // namespace lithe
