#pragma once
#include "halide_generators/dynamic_residual/algorithm.h"

namespace lithe {

inline void schedule(DynamicResidual& f, Func y, const Tile& tile) {
  schedule_product(y, {f.sum, f.r, f.o, f.ni, f.no, f.w, {f.h, f.n}}, tile);
  if (tile.gpu) return on_gpu(whole(f.mixed).bound_extent(f.ni, kPanel), {f.mixed});
  f.mixed.compute_at(y, f.n).bound_extent(f.ni, kPanel).vectorize(f.ni).parallel(f.no);
  f.mixed.update().reorder(f.ni, f.k, f.c, f.no).vectorize(f.ni).parallel(f.no);
}

}  // namespace lithe
