#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/conv2d/algorithm.h"
#include "halide_generators/conv2d/schedule_gpu.h"

namespace lithe {

/// Register tile of a GEMM: `panels` vectors of 16 outputs by `rows` pixels.
struct Tile {
  int panels, rows;
  bool gpu = false;
};

/// 32 registers of 16 floats carry 2 x 7 sums with room for operands, and 7 divides the sizes of ImageNet networks
/// (112, 56, 28, 14, 7). With 16 registers of 8 floats (4) a panel takes two (four) of them.
inline Tile register_tile(const Target& target, bool narrow) {
  if (target.has_gpu_feature()) return {narrow ? 1 : 2, 4, true};
  Tile usual{1, 3};
  if (target.has_feature(Target::AVX512_Skylake))
    usual = {narrow ? 1 : 2, 7};
  else if (target.has_feature(Target::AVX2) || target.arch == Target::ARM)
    usual = {1, 6};
  const int panels = narrow ? 1 : tunable("panels", usual.panels, {1, 2});
  return {panels, tunable("rows", usual.rows, {1, 2, 4, 5, 7, 8, 12, 14})};
}

/// Weights packed in panels, (16, K, ...): rows of 16, the first stride that matters to the inner loop is a constant.
template <class Buffer>
void packed_panels(Buffer& w) {
  from_zero(w);
  w.dim(0).set_bounds(0, kPanel).set_stride(1);
  w.dim(1).set_stride(kPanel);
}

/// The sums of one register tile stay in registers over the whole reduction.
inline void schedule_sums(Func acc, const RDom& k, Var ni, Var no, Var row, int panels) {
  acc.bound_extent(ni, kPanel).bound_extent(no, panels).vectorize(ni).unroll(no).unroll(row);
  std::vector<VarOrRVar> order{ni, no, row};
  for (int i = 0; i < k.dimensions(); ++i) order.push_back(k[i]);
  acc.update().reorder(order).vectorize(ni).unroll(no).unroll(row);
}

inline void schedule(Gemm& g, Func y, const Tile& tile) {
  if (tile.gpu) return on_gpu(y, {g.acc, g.o, g.ni, g.no, g.m, {}}, tile.panels, tile.rows);
  // Tiles of rows that share a pair of panels while their inputs are in the L2 cache.
  const int block = tunable("block", 32, {8, 16, 64, 128});
  Var oo{"oo"}, oi{"oi"}, mo{"mo"}, mi{"mi"}, mb{"mb"}, task{"task"};
  const auto tiled = [&](Stage s, int rows) {
    s.split(g.o, oo, oi, kPanel * tile.panels, TailStrategy::GuardWithIf).split(oi, g.no, g.ni, kPanel);
    s.split(g.m, mo, mi, rows, rows == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.split(mo, mb, mo, block, TailStrategy::GuardWithIf);
    s.reorder(g.ni, g.no, mi, mo, oo, mb).fuse(oo, mb, task);
    s.vectorize(g.ni).unroll(g.no).unroll(mi).parallel(task);
  };
  tiled(y.specialize(y.output_buffer().dim(1).extent() >= tile.rows), tile.rows);
  tiled(y, 1);
  g.acc.compute_at(y, mo);
  schedule_sums(g.acc, g.k, g.ni, g.no, g.m, tile.panels);
}

inline void schedule(DirectConv& f, Func y, const Tile& tile) {
  if (tile.gpu) return on_gpu(y, {f.acc, f.c, f.ni, f.no, f.w, {f.h, f.n}}, tile.panels, tile.rows);
  Var co{"co"}, ci{"ci"}, wo{"wo"}, wi{"wi"}, task{"task"};
  const auto tiled = [&](Stage s, int columns) {
    s.split(f.c, co, ci, kPanel * tile.panels, TailStrategy::GuardWithIf).split(ci, f.no, f.ni, kPanel);
    s.split(f.w, wo, wi, columns, columns == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(f.ni, f.no, wi, wo, f.h, co, f.n).fuse(f.h, co, task);
    s.vectorize(f.ni).unroll(f.no).unroll(wi).parallel(task).parallel(f.n);
  };
  const Expr width = y.output_buffer().dim(0).extent();
  tiled(y.specialize(width >= tile.rows), tile.rows);
  if (tile.rows > 3) tiled(y.specialize(width >= 3), 3);
  tiled(y, 1);
  f.acc.compute_at(y, wo);
  schedule_sums(f.acc, f.k, f.ni, f.no, f.w, tile.panels);
  // Borders are written once into a copy: tested in the innermost loop they cost up to half of the speed.
  f.padded.compute_at(y, f.n).vectorize(f.i, kPanel).parallel(f.h);
}

/// Depthwise: channels in lanes, neighbouring pixels share their loads. A block of channels is copied with its borders
/// first: small images, whose tiles nearly all touch a border, gain most (5 x 5 at 14 x 14: 385 to 64 us), large ones
/// too (3 x 3 at 56 x 56: 46 to 28 us).
inline void schedule(Depthwise& f, Func y, const Target& target, Expr stride_w, bool unrolled) {
  if (target.has_gpu_feature()) return on_gpu(y, {f.acc}, {f.c, f.w, f.h, f.n});
  const int tile_columns = tunable("columns", 4, {2, 3, 7, 8});
  Var co{"co"}, ci{"ci"}, wo{"wo"}, wi{"wi"};
  const auto tiled = [&](Stage s, int lanes, int columns) {
    s.split(f.c, co, ci, lanes, lanes == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.split(f.w, wo, wi, columns, columns == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.reorder(ci, wi, wo, f.h, co, f.n).vectorize(ci).unroll(wi).parallel(co).parallel(f.n);
  };
  const int lanes = target.natural_vector_size<float>();
  const Expr channels = y.output_buffer().dim(2).extent(), width = y.output_buffer().dim(0).extent();
  for (const int stride : {1, 2}) {
    tiled(y.specialize(channels >= lanes && width >= tile_columns && stride_w == stride), lanes, tile_columns);
  }
  for (int l = lanes; l >= 4; l /= 2) tiled(y.specialize(channels >= l), l, 1);
  tiled(y, 1, 1);
  f.padded.compute_at(y, co).vectorize(f.c);
  f.acc.compute_at(y, wo).vectorize(f.c).unroll(f.w);
  f.acc.update().reorder(f.c, f.w, f.k.x, f.k.y).vectorize(f.c).unroll(f.w);
  if (unrolled) f.acc.update().unroll(f.k.x).unroll(f.k.y);
}

}  // namespace lithe
