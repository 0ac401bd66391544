#pragma once
#include "halide_generators/buffers.h"

namespace lithe {

/// Whole vectors, in parallel blocks of them. No element may be computed twice: y may lie on x. Vectors are split off
/// first, so that the guard of a last partial block is one comparison per vector.
inline void schedule_elements(Func y, Var e, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  constexpr int kBlock = 1 << 14;
  const int lanes = target.natural_vector_size<float>();
  Var block{"block"}, vector{"vector"}, lane{"lane"};
  y.split(e, vector, lane, lanes, TailStrategy::GuardWithIf)
      .split(vector, block, vector, kBlock / lanes, TailStrategy::GuardWithIf)
      .vectorize(lane)
      .parallel(block);
}

}  // namespace lithe
