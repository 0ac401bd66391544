#pragma once
#include "halide_generators/phi_product/algorithm.h"
#include "halide_generators/register_tile.h"

namespace lithe {

inline void schedule(PhiProduct& f, Func y, const Target& target) {
  schedule_product(y, f.sum, f.i, f.w, {f.h, f.n}, f.r, target);
  f.columns.compute_at(y, f.n).vectorize(f.i, target.natural_vector_size<float>(), TailStrategy::RoundUp);
}

}  // namespace lithe
