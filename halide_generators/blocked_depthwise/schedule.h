#pragma once
#include "halide_generators/blocked_depthwise/schedule_gpu.h"
#include "halide_generators/buffers.h"

namespace lithe {

/// Vectors of channels of one block; every output of y is written once, so that no two lanes meet.
inline void schedule(BlockedDepthwise& f, Func y, Expr block, const Target& target, bool unrolled) {
  if (target.has_gpu_feature()) return schedule_gpu(f, y, unrolled);
  RVar io{"io"}, ii{"ii"};
  const auto blocks = [&](Stage s, int lanes) {
    s.allow_race_conditions().split(f.channel.x, io, ii, lanes, TailStrategy::GuardWithIf);
    s.reorder(ii, io, f.channel.y, f.channel.z, f.w, f.h, f.n).vectorize(ii).parallel(f.h).parallel(f.n);
  };
  for (int lanes = target.natural_vector_size<float>(); lanes >= 4; lanes /= 2) {
    blocks(y.update().specialize(block % lanes == 0), lanes);
  }
  blocks(y.update(), 1);
  if (unrolled) f.sum.update().unroll(f.k.x).unroll(f.k.y);
}

}  // namespace lithe
