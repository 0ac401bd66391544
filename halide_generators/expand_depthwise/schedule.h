#pragma once
#include "halide_generators/dynamic_pointwise/schedule.h"
#include "halide_generators/expand_depthwise/algorithm.h"

namespace lithe {

constexpr int kBlockPanels = 3;  // channels that go through both layers together: 48 divides all of MobileNetV2's

inline Tile expanding_tile(const Target& target) {
  if (target.has_feature(Target::AVX512_Skylake)) return {kBlockPanels, 7};
  if (target.has_feature(Target::AVX2) || target.arch == Target::ARM) return {1, 6};
  return {1, 3};
}

/// A block of channels is expanded row by row, as the depthwise layer needs the rows: they never leave the cache.
inline void schedule(ExpandDepthwise& f, Func y, Expr width, const Target& target) {
  if (target.has_gpu_feature()) {
    on_gpu(f.rows, {f.sum});
    return on_gpu(y, {f.acc});
  }
  Var co{"co"}, ci{"ci"}, wo{"wo"}, wi{"wi"}, po{"po"}, pi{"pi"};
  const Tile tile = expanding_tile(target);
  const auto tiled = [&](Stage s, bool whole, int columns) {
    const TailStrategy guard = TailStrategy::GuardWithIf;
    s.split(f.c, co, ci, kPanel * kBlockPanels, whole ? TailStrategy::RoundUp : guard).split(ci, f.no, f.ni, kPanel);
    s.split(f.w, wo, wi, columns, columns == 1 ? guard : TailStrategy::ShiftInwards);
    s.reorder({f.ni, wi, wo, f.no, f.h, co, f.n}).vectorize(f.ni).unroll(wi).parallel(co).parallel(f.n);
  };
  const Expr columns = y.output_buffer().dim(0).extent(), channels = y.output_buffer().dim(2).extent();
  tiled(y.specialize(columns >= 7 && channels % (kPanel * kBlockPanels) == 0), true, 7);
  tiled(y, false, 1);

  f.rows.store_at(y, co).compute_at(y, f.h).fold_storage(f.h, 4).reorder_storage(f.ni, f.w, f.no, f.h, f.n);
  f.rows.bound_extent(f.ni, kPanel).bound_extent(f.no, kBlockPanels).bound(f.w, 0, width);
  const auto in_tiles = [&](Stage s, int columns) {
    s.split(f.no, po, pi, tile.panels, TailStrategy::RoundUp);
    s.split(f.w, wo, wi, columns, columns == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder({f.ni, pi, wi, wo, po, f.h}).vectorize(f.ni).unroll(pi).unroll(wi);
  };
  in_tiles(f.rows.specialize(width >= tile.rows), tile.rows);
  in_tiles(f.rows, 1);
  f.sum.compute_at(f.rows, wo);
  schedule_sums(f.sum, f.inputs, f.ni, f.no, f.w, tile.panels);

  f.acc.compute_at(y, wo).bound_extent(f.ni, kPanel).vectorize(f.ni).unroll(f.w);
  f.acc.update().reorder(f.ni, f.w, f.k.x, f.k.y).vectorize(f.ni).unroll(f.w).unroll(f.k.x).unroll(f.k.y);
}

}  // namespace lithe
