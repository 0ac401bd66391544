#pragma once
#include "halide_generators/dynamic_pointwise/schedule.h"
#include "halide_generators/expand_depthwise/algorithm.h"

namespace lithe {

// Channels that go through both layers together, as panels (blocks.h): 48 divides all of MobileNetV2's, its first
// layers have 32.
constexpr int kBlockPanels = 3, kStemPanels = 2;

/// `panels`: those of a block.
inline Tile block_tile(const Target& target, int panels) {
  if (target.has_feature(Target::AVX512_Skylake)) return {panels, 7};
  if (target.has_feature(Target::AVX2) || target.arch == Target::ARM) return {1, 6};
  return {1, 3};
}

/// A block of channels passes the dense layer row by row, as the depthwise layer needs the rows: they never leave the
/// cache. `width`: of the image between the layers.
inline void schedule_blocks(ThenDepthwise& f, const RDom& dense, Func y, const Expr& width, int panels,
                            const Target& target) {
  Var co{"co"}, ci{"ci"}, wo{"wo"}, wi{"wi"}, po{"po"}, pi{"pi"};
  const Tile tile = block_tile(target, panels);
  const auto tiled = [&](Stage s, bool whole, int columns) {
    const TailStrategy guard = TailStrategy::GuardWithIf;
    s.split(f.c, co, ci, kPanel * panels, whole ? TailStrategy::RoundUp : guard).split(ci, f.no, f.ni, kPanel);
    s.split(f.w, wo, wi, columns, columns == 1 ? guard : TailStrategy::ShiftInwards);
    s.reorder({f.ni, wi, wo, f.no, f.h, co, f.n}).vectorize(f.ni).unroll(wi).parallel(co).parallel(f.n);
  };
  const Expr columns = y.output_buffer().dim(0).extent(), channels = y.output_buffer().dim(2).extent();
  tiled(y.specialize(columns >= 7 && channels % (kPanel * panels) == 0), true, 7);
  tiled(y, false, 1);

  f.rows.store_at(y, co).compute_at(y, f.h).fold_storage(f.h, 4).reorder_storage(f.ni, f.w, f.no, f.h, f.n);
  f.rows.bound_extent(f.ni, kPanel).bound_extent(f.no, panels).bound(f.w, 0, width);
  const auto in_tiles = [&](Stage s, int size) {
    s.split(f.no, po, pi, tile.panels, TailStrategy::RoundUp);
    s.split(f.w, wo, wi, size, size == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder({f.ni, pi, wi, wo, po, f.h}).vectorize(f.ni).unroll(pi).unroll(wi);
  };
  in_tiles(f.rows.specialize(width >= tile.rows), tile.rows);
  in_tiles(f.rows, 1);
  f.sum.compute_at(f.rows, wo);
  schedule_sums(f.sum, dense, f.ni, f.no, f.w, tile.panels);

  f.acc.compute_at(y, wo).bound_extent(f.ni, kPanel).vectorize(f.ni).unroll(f.w);
  f.acc.update().reorder(f.ni, f.w, f.k.x, f.k.y).vectorize(f.ni).unroll(f.w).unroll(f.k.x).unroll(f.k.y);
}

inline void schedule(ExpandDepthwise& f, Func y, const Expr& width, const Target& target) {
  if (!target.has_gpu_feature()) return schedule_blocks(f, f.inputs, y, width, kBlockPanels, target);
  on_gpu(f.rows, {f.sum});
  on_gpu(y, {f.acc});
}

/// `width`: of x; `planar`: whether its columns lie side by side.
inline void schedule(StemDepthwise& f, Func y, const Expr& width, const Expr& planar, const Target& target) {
  if (!target.has_gpu_feature()) {
    schedule_blocks(f, f.window, y, (width + 1) / 2, kStemPanels, target);
    f.sum.update().unroll(f.window.z);
    f.padded.store_at(y, Var("co")).compute_at(y, f.h).fold_storage(f.h, 8).vectorize(f.w, kPanel);
    f.padded.update().specialize(planar).vectorize(f.columns, kPanel, TailStrategy::GuardWithIf);
    return;
  }
  on_gpu(f.padded);
  on_gpu(f.rows, {f.sum});
  on_gpu(y, {f.acc});
}

}  // namespace lithe
