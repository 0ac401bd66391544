#pragma once
#include "halide_generators/matmul/algorithm.h"

namespace lithe {

inline void schedule(Matmul& f, Func y, const Tile& tile) {
  schedule_product(y, {f.sum, f.r, f.p, f.ni, f.no, f.m, {f.n}}, tile);
  if (!tile.gpu) f.panels.compute_at(y, f.n).bound_extent(f.ni, kPanel).reorder(f.ni, f.k, f.no).unroll(f.ni);
}

}  // namespace lithe
