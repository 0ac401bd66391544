#pragma once
#include "halide_generators/dynamic_pointwise/schedule_gpu.h"

namespace lithe {

/// How many vectors of half a panel `numbers` fill, if that spares half of the last panel and a register tile holds all
/// of them; else 0. Processors with vectors of a whole panel take half of the time for half of one.
inline int half_panels(const Expr& numbers, const Target& target) {
  const int64_t* known = as_const_int(numbers);
  if (known == nullptr || !target.has_feature(Target::AVX512_Skylake) || target.has_gpu_feature()) return 0;
  const int64_t halves = (*known + kPanel / 2 - 1) / (kPanel / 2);
  return halves == 3 || halves == 5 ? static_cast<int>(halves) : 0;
}

/// What the sums of a tile stand in, and how many of them by how many pixels.
struct Vectors {
  int lanes;
  Tile tile;
};

/// `whole`: the tile in vectors of a panel.
inline Vectors half_or_whole(const Expr& numbers, const Target& target, const Tile& whole) {
  constexpr int kSums = 25;  // of 32 registers
  const int halves = half_panels(numbers, target);
  return halves == 0 ? Vectors{kPanel, whole} : Vectors{kPanel / 2, {halves, std::min(whole.rows, kSums / halves)}};
}

/// Tiles of vectors by pixels, image by image.
template <class Algorithm>
void tile_pixels(const Algorithm& f, Func y, const Tile& tile) {
  constexpr int kBlock = 32;  // tiles of pixels that share a pair of panels while their inputs are in the L2 cache
  Var oo{"oo"}, oi{"oi"}, mo{"mo"}, mi{"mi"}, mb{"mb"}, task{"task"};
  const auto tiled = [&](Stage s, int rows) {
    s.split(f.o, oo, oi, f.lanes * tile.panels, TailStrategy::GuardWithIf).split(oi, f.no, f.ni, f.lanes);
    s.split(f.m, mo, mi, rows, rows == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.split(mo, mb, mo, kBlock, TailStrategy::GuardWithIf);
    s.reorder({f.ni, f.no, mi, mo, oo, mb, f.n}).fuse(oo, mb, task);
    s.vectorize(f.ni).unroll(f.no).unroll(mi).parallel(task).parallel(f.n);
  };
  tiled(y.specialize(y.output_buffer().dim(1).extent() >= tile.rows), tile.rows);
  tiled(y, 1);
  Func acc = f.acc;
  acc.compute_at(y, mo).bound_extent(f.ni, f.lanes).bound_extent(f.no, tile.panels);
  acc.vectorize(f.ni).unroll(f.no).unroll(f.m);
}

/// The sums of an update stay in registers over its reduction.
inline void sum_in_registers(Stage s, Var ni, Var no, Var row, const std::vector<RVar>& reduction) {
  std::vector<VarOrRVar> order{ni, no, row};
  order.insert(order.end(), reduction.begin(), reduction.end());
  s.reorder(order).vectorize(ni).unroll(no).unroll(row);
}

/// A matrix product `sum` that fills `whole`(ni, row, no, n) in tiles of vectors by rows; `extent` is that of the rows.
inline void fill_in_tiles(Func whole, Func sum, const RDom& r, const Expr& extent, const Tile& tile,
                          int lanes = kPanel) {
  const Var ni = whole.args()[0], row = whole.args()[1], no = whole.args()[2], n = whole.args()[3];
  Var po{"po"}, pi{"pi"}, ro{"ro"}, ri{"ri"};
  const auto tiled = [&](Stage s, int rows) {
    s.split(no, po, pi, tile.panels, TailStrategy::RoundUp);
    s.split(row, ro, ri, rows, rows == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(ni, pi, ri, ro, po, n).vectorize(ni).unroll(pi).unroll(ri).parallel(po);
  };
  whole.bound_extent(ni, lanes);
  tiled(whole.specialize(extent >= tile.rows), tile.rows);
  tiled(whole, 1);
  sum.compute_at(whole, ro).bound_extent(ni, lanes).bound_extent(no, tile.panels);
  sum.vectorize(ni).unroll(no).unroll(row);
  sum_in_registers(sum.update(), ni, no, row, {r.x});
}

/// One number per output, read again and again.
inline void keep_in_panels(Func values, Var ni, LoopLevel where) {
  values.compute_at(where).bound_extent(ni, kPanel).vectorize(ni);
}

inline void schedule(ImageWeights& f, LoopLevel where, const Expr& C, const Expr& L, const Tile& tile) {
  keep_in_panels(f.scale, f.ni, where);
  f.mix.compute_at(where);
  fill_in_tiles(f.mix, f.mix_sum, f.latent, L, tile);
  f.weights.compute_at(where);
  fill_in_tiles(f.weights, f.sum, f.latent, C, tile);
  keep_in_panels(f.shift, f.ni, where);
  f.shift.update().reorder(f.ni, f.latent.x, f.no).vectorize(f.ni);
}

/// `tile`: of y, in vectors of f.lanes; `made`: of the weights of the image.
inline void schedule(DynamicPointwise& f, Func y, const Expr& C, const Expr& L, const Tile& tile, const Tile& made) {
  if (tile.gpu) return schedule_gpu(f, y, tile);
  tile_pixels(f, y, tile);
  sum_in_registers(f.acc.update(), f.ni, f.no, f.m, {f.inputs.x});
  schedule(f.image, {y, f.n}, C, L, made);
}

/// The latent images fit in the L1 or L2 cache: they are made whole, image by image. `latent`: their tile.
inline void schedule(DynamicPointwiseLatent& f, Func y, const Expr& pixels, const Tile& tile, const Tile& latent) {
  tile_pixels(f, y, tile);
  sum_in_registers(f.acc.update(0), f.ni, f.no, f.m, {f.inputs.x});
  f.acc.update(1).reorder(f.ni, f.no, f.m).vectorize(f.ni).unroll(f.no).unroll(f.m);
  sum_in_registers(f.acc.update(2), f.ni, f.no, f.m, {f.latent.x});
  for (const Func& values : {f.scale, f.bias, f.offset}) keep_in_panels(values, f.ni, {y, f.n});
  f.z.compute_at(y, f.n);
  fill_in_tiles(f.z, f.z_sum, f.inputs, pixels, latent, f.z_lanes);
  f.phi_panels.compute_at(y, f.n).bound_extent(f.ni, kPanel).reorder(f.j, f.ni, f.no);
  f.mixed.compute_at(y, f.n);
  fill_in_tiles(f.mixed, f.mixed_sum, f.latent, pixels, {1, tile.rows});
}

}  // namespace lithe
