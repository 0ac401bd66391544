#pragma once
#include "halide_generators/conv2d/schedule.h"
#include "halide_generators/winograd/algorithm.h"

namespace lithe::winograd {

/// A block of tiles is transformed, then multiplied and transformed back by two panels of outputs at a time, so that
/// what passes between the stages stays in the L2 cache (28 tiles of 64 channels: 258 KiB, their products: 129 KiB).
inline void schedule(Convolution& f, Func y, const Target& target) {
  const lithe::Tile registers = register_tile(target, /*narrow=*/false);
  const int block = tunable("block", 28, {14, 28, 56});
  Var co{"co"}, ci{"ci"}, to{"to"}, ti{"ti"};
  RVar tb{"tb"}, tile{"tile"};

  Stage out = y.update();
  // Halide cannot see that tiles do not overlap.
  out.allow_race_conditions().split(f.tile.z, tb, tile, block);
  out.split(f.c, co, ci, kPanel * registers.panels, TailStrategy::GuardWithIf).split(ci, f.no, f.ni, kPanel);
  out.reorder(f.ni, f.tile.x, f.tile.y, f.no, tile, co, tb, f.n);
  out.vectorize(f.ni).unroll(f.tile.x).unroll(f.tile.y).parallel(co).parallel(tb).parallel(f.n);
  f.rows.compute_at(y, f.no).bound_extent(f.ni, kPanel).reorder(f.ni, f.u, f.v);
  f.rows.vectorize(f.ni).unroll(f.u).unroll(f.v);

  f.product.compute_at(y, co).reorder_storage(f.ni, f.no, f.v, f.u, f.t, f.n);
  f.product.bound_extent(f.ni, kPanel).bound_extent(f.no, registers.panels);
  const auto tiled = [&](Stage s, int rows) {
    s.split(f.t, to, ti, rows, rows == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(f.ni, f.no, ti, to, f.v, f.u).vectorize(f.ni).unroll(f.no).unroll(ti);
  };
  // 16 tiles (images of 14 x 14) are no multiple of 7.
  if (registers.rows == 7) tiled(f.product.specialize(f.tiles <= block && f.tiles % 8 == 0), 8);
  tiled(f.product, registers.rows);
  f.sum.compute_at(f.product, to);
  schedule_sums(f.sum, f.k, f.ni, f.no, f.t, registers.panels);

  f.transformed.compute_at(y, tb).split(f.c, co, ci, kPanel, TailStrategy::ShiftInwards);
  f.transformed.reorder(ci, f.u, f.v, co, f.t).vectorize(ci).unroll(f.u).unroll(f.v);
  f.columns.compute_at(f.transformed, co).reorder(f.c, f.v, f.u).vectorize(f.c).unroll(f.v).unroll(f.u);
  f.padded.compute_at(y, tb).vectorize(f.c, kPanel, TailStrategy::ShiftInwards);
}

}  // namespace lithe::winograd
