#pragma once
#include "halide_generators/dynamic_residual/algorithm.h"
#include "halide_generators/register_tile.h"

namespace lithe {

inline void schedule(DynamicResidual& f, Func y, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  schedule_product(y, f.sum, f.o, f.w, {f.h, f.n}, f.r, target);
  f.mixed.compute_at(y, f.n).vectorize(f.o, lanes, TailStrategy::RoundUp).parallel(f.c);
  f.mixed.update().reorder(f.k, f.o, f.c).vectorize(f.o, lanes, TailStrategy::RoundUp).parallel(f.c);
}

}  // namespace lithe
