#pragma once
#include "halide_generators/conv2d/schedule.h"
#include "halide_generators/dynamic_pointwise/algorithm.h"

namespace lithe {

/// Each as a whole, one thread per number.
inline void on_gpu(ImageWeights& f) {
  on_gpu(f.mix.bound_extent(f.ni, kPanel), {f.mix_sum});
  on_gpu(f.weights.bound_extent(f.ni, kPanel), {f.sum});
  on_gpu(whole(f.shift).bound_extent(f.ni, kPanel), {f.shift});
}

inline void schedule_gpu(DynamicPointwise& f, Func y, const Tile& tile) {
  on_gpu(f.image);
  on_gpu(y, {f.acc, f.o, f.ni, f.no, f.m, {f.n}}, tile.panels, tile.rows);
}

}  // namespace lithe
