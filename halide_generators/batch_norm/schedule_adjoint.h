#pragma once
#include "halide_generators/batch_norm/adjoint.h"
#include "halide_generators/vectors.h"

namespace lithe {

/// Parts in parallel; their `sums` of a vector of channels are made in registers while the pixels pass. Wide vectors
/// read more of a pixel at a time, which memory likes.
inline void schedule_parts(Func of_part, const std::vector<Func>& sums, Var c, Var p, const Expr& channels,
                           const Target& target) {
  Var vector;
  const auto loops = [&](Stage s, Var lane, Var co) {
    s.reorder(lane, co, p).parallel(p);
    vector = co;
  };
  of_part.compute_root();
  in_vectors(of_part, c, channels, target, loops, /*most=*/4);
  for (Func sum : sums) {
    sum.compute_at(of_part, vector).vectorize(c);
    for (int i = 0; i < sum.num_update_definitions(); ++i) sum.update(i).vectorize(c);
  }
}

inline void schedule_totals(Func total, Var c, const RDom& part, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var co{"co"};
  total.compute_root().vectorize(c, lanes, TailStrategy::RoundUp);
  total.update().split(c, co, c, lanes, TailStrategy::GuardWithIf).reorder(c, part, co).vectorize(c);
}

inline void schedule(BatchNormTraining& f, Func y, const Expr& channels, const Target& target) {
  schedule_parts(f.of_part, {f.sum, f.mean_of_part, f.squares}, f.c, f.p, channels, target);
  schedule_totals(f.total, f.c, f.part, target);
  schedule_totals(f.spread, f.c, f.part, target);
  for (Func vector : {f.batch_mean, f.batch_scale, f.scale, f.shift}) vector.compute_root();
  pixels_in_tasks(y, f.c, f.m, kPart, channels, target);
}

inline void schedule(BatchNormGradient& f, Func dx, const Expr& channels, const Target& target) {
  schedule_parts(f.of_part, {f.sums}, f.c, f.p, channels, target);
  schedule_totals(f.dbeta, f.c, f.part, target);
  schedule_totals(f.dgamma, f.c, f.part, target);
  for (Func vector : {f.factor, f.centre, f.slope}) vector.compute_root();
  pixels_in_tasks(dx, f.c, f.m, kPart, channels, target);
}

}  // namespace lithe
