#pragma once
#include "halide_generators/phi_product/algorithm.h"

namespace lithe {

inline void schedule(PhiProduct& f, Func y, const Tile& tile) {
  schedule_product(y, {f.sum, f.r, f.i, f.ni, f.no, f.p, {f.n}}, tile);
  if (!tile.gpu) f.panels.compute_at(y, f.n).bound_extent(f.ni, kPanel).reorder(f.j, f.ni, f.no);
}

}  // namespace lithe
