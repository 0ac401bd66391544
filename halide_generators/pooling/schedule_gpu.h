#pragma once
#include "halide_generators/gpu.h"
#include "halide_generators/pooling/algorithm.h"

namespace lithe {

/// Eight threads share each of the four parts of a channel: large images have too few channels to fill the device.
inline void schedule_gpu(GlobalAvgPool& f, Func y) {
  constexpr int kShares = 8;
  Var share{"share"};
  RVar fo{"fo"}, fi{"fi"};
  Func shares = f.sums.update().split(f.four, fo, fi, kShares, TailStrategy::GuardWithIf).rfactor(fi, share);
  on_gpu(whole(shares), {shares}, {f.c, share, f.q, f.n});
  on_gpu(y, {f.sums, f.total}, {f.c, f.n});
}

}  // namespace lithe
