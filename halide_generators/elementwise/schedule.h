#pragma once
#include "halide_generators/buffers.h"

namespace lithe {

/// Blocks of elements in parallel, whole vectors inside. No element may be computed twice: y may lie on x.
inline void schedule_elements(Func y, Var e, const Target& target) {
  constexpr int kBlock = 1 << 14;
  Var block{"block"};
  y.split(e, block, e, kBlock, TailStrategy::GuardWithIf)
      .vectorize(e, target.natural_vector_size<float>(), TailStrategy::GuardWithIf)
      .parallel(block);
}

}  // namespace lithe
