#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/dynamic_shift_max/algorithm.h"

namespace lithe {

inline void schedule(DynamicShiftMax& f, Func y, Expr J, Expr K) {
  constexpr int kBlock = 1 << 13;  // numbers per parallel task
  Var block{"block"}, ev{"ev"};
  const auto vectors = [&](Stage s) {
    // Vectors first: a block beyond the end then guards whole vectors, and what is computed for them is not read.
    s.split(f.e, ev, f.e, f.kLanes, TailStrategy::GuardWithIf)
        .split(ev, block, ev, kBlock / f.kLanes, TailStrategy::GuardWithIf);
    s.vectorize(f.e).parallel(block).parallel(f.n);
  };
  vectors(y.specialize(J == 2 && K == 1));
  vectors(y.specialize(J == 2 && K == 2));
  vectors(y);
  for (Func table : {f.a0, f.a1}) table.compute_at(y, f.n).bound_extent(f.lane, f.kLanes);
  for (Func table : {f.turn, f.wrap}) table.compute_root().bound_extent(f.lane, f.kLanes);
  f.shifted.compute_at(y, ev).vectorize(f.e, f.kLanes);
  f.most.compute_at(y, ev).vectorize(f.e, f.kLanes).update().vectorize(f.e, f.kLanes);
}

inline void schedule(ShiftMaxCoefficients& f, Func a, const Target& target) {
  a.vectorize(f.c, target.natural_vector_size<float>(), TailStrategy::GuardWithIf);
}

}  // namespace lithe
