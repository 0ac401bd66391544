#pragma once
#include "halide_generators/matmul/algorithm.h"
#include "halide_generators/register_tile.h"

namespace lithe {

inline void schedule(Matmul& f, Func y, const Target& target) {
  schedule_product(y, f.sum, f.p, f.m, {f.n}, f.k, target);
}

}  // namespace lithe
