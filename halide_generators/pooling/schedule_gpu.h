#pragma once
#include "halide_generators/gpu.h"
#include "halide_generators/pooling/algorithm.h"

namespace lithe {

/// A block of threads sums 32 channels, 8 threads each one and its four parts; large images have too few channels to
/// fill the device otherwise.
inline void schedule_gpu(GlobalAvgPool& f, Func y) {
  constexpr int kChannels = 32, kShares = 8;
  Var co{"co"}, ci{"ci"}, share{"share"};
  RVar fo{"fo"}, fi{"fi"};
  y.split(f.c, co, ci, kChannels, TailStrategy::GuardWithIf).reorder(ci, co, f.n).gpu_blocks(co, f.n).gpu_threads(ci);
  Func shares = f.sums.update().split(f.four, fo, fi, kShares, TailStrategy::GuardWithIf).rfactor(fi, share);
  shares.compute_at(y, co).gpu_threads(f.c, share).unroll(f.q).bound_extent(f.c, kChannels);
  shares.update().gpu_threads(f.c, share).unroll(f.q);
  f.sums.compute_at(y, ci);
  f.total.compute_at(y, ci);
}

}  // namespace lithe
