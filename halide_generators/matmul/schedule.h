#pragma once
#include "halide_generators/matmul/algorithm.h"

namespace lithe {

inline void schedule(Matmul& f, Func y, const Target& target) {
  schedule_product(y, {f.sum, f.p, f.ni, f.no, f.m, {f.n}, f.r}, target);
  f.panels.compute_at(y, f.n).bound_extent(f.ni, kTileOutputs).reorder(f.ni, f.k, f.no).unroll(f.ni);
}

}  // namespace lithe
