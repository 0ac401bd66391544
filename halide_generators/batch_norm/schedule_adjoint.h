#pragma once
#include "halide_generators/batch_norm/adjoint.h"
#include "halide_generators/buffers.h"

namespace lithe {

/// Sums per channel and part: vectors of channels, parts in parallel.
inline void schedule_parts(Func sum, Var c, Var p, const RDom& r, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var co{"co"};
  sum.compute_root().parallel(p).vectorize(c, lanes, TailStrategy::RoundUp);
  sum.update().split(c, co, c, lanes, TailStrategy::GuardWithIf).reorder(c, r, co, p).vectorize(c).parallel(p);
}

inline void schedule_totals(Func total, Var c, const RDom& part, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var co{"co"};
  total.compute_root().vectorize(c, lanes, TailStrategy::RoundUp);
  total.update().split(c, co, c, lanes, TailStrategy::GuardWithIf).reorder(c, part, co).vectorize(c);
}

inline void schedule(BatchNormTraining& f, Func y, const Target& target) {
  schedule_parts(f.sum, f.c, f.p, f.parts.r, target);
  schedule_parts(f.squares, f.c, f.p, f.parts.r, target);
  schedule_totals(f.total, f.c, f.part, target);
  schedule_totals(f.spread, f.c, f.part, target);
  for (Func vector : {f.batch_mean, f.batch_scale, f.scale, f.shift}) vector.compute_root();
  along_channels(y, f.c, {f.m}, target);
}

inline void schedule(BatchNormGradient& f, Func dx, const Target& target) {
  schedule_parts(f.sum, f.c, f.p, f.parts.r, target);
  schedule_parts(f.product, f.c, f.p, f.parts.r, target);
  schedule_totals(f.dbeta, f.c, f.part, target);
  schedule_totals(f.dgamma, f.c, f.part, target);
  along_channels(dx, f.c, {f.m}, target);
}

}  // namespace lithe
