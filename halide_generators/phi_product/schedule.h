#pragma once
#include "halide_generators/phi_product/algorithm.h"

namespace lithe {

inline void schedule(PhiProduct& f, Func y, const Target& target) {
  schedule_product(y, {f.sum, f.i, f.ni, f.no, f.p, {f.n}, f.r}, target);
  f.panels.compute_at(y, f.n).bound_extent(f.ni, kTileOutputs).reorder(f.j, f.ni, f.no);
}

}  // namespace lithe
