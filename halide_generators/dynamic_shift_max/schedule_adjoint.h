#pragma once
#include "halide_generators/dynamic_shift_max/adjoint.h"
#include "halide_generators/vectors.h"

namespace lithe {

constexpr int kRows = 8;  // pixels whose rows lie in the nearest cache at a time

/// The coefficients are copied once per `image`, the rows once per round of `pixels`.
inline void schedule_rows(ShiftMaxRows& f, const LoopLevel& image, const LoopLevel& pixels, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  f.a.compute_at(image);
  for (Func rows : {f.x, f.dy}) rows.store_at(image).compute_at(pixels).fold_storage(f.p, kRows);
  for (Func ring : {f.a, f.x, f.dy}) {
    for (int few = lanes; few >= 4; few /= 2) {
      ring.update(0).specialize(f.C % few == 0).vectorize(f.row.x, few, TailStrategy::GuardWithIf);
    }
    ring.update(0).vectorize(f.row.x, lanes, TailStrategy::GuardWithIf);
    for (int rim = 1; rim < ring.num_update_definitions(); ++rim) {
      ring.update(rim).vectorize(f.rim.x, lanes, TailStrategy::GuardWithIf);
    }
  }
  f.turn.compute_root().vectorize(f.c, lanes, TailStrategy::RoundUp);
}

/// An image per task.
inline void schedule(ShiftMaxImageGradient& f, Func dx, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var pixels{"pixels"};
  in_vectors(dx, f.c, f.C, target, [&](Stage s, Var lane, Var vector) {
    s.split(f.p, pixels, f.p, kRows, TailStrategy::GuardWithIf).reorder(lane, vector, f.p, pixels, f.n).parallel(f.n);
  });
  f.back.store_at(dx, f.n).compute_at(dx, pixels).fold_storage(f.p, kRows).vectorize(f.c, lanes, TailStrategy::RoundUp);
  schedule_rows(f, {dx, f.n}, {dx, pixels}, target);
}

/// An image per task; the sums of a vector of channels stay in registers while the rows of one round pass.
inline void schedule(ShiftMaxCoefficientsGradient& f, Func da, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var co{"co"}, ci{"ci"};
  RVar pixels{"pixels"}, pixel{"pixel"};
  da.vectorize(f.c, lanes, TailStrategy::GuardWithIf).parallel(f.n);
  f.sum.compute_at(da, f.n).vectorize(f.c, lanes, TailStrategy::RoundUp);
  f.sum.update().split(f.pixel, pixels, pixel, kRows, TailStrategy::GuardWithIf);
  f.sum.update().split(f.c, co, ci, lanes, TailStrategy::RoundUp).reorder(ci, pixel, co, pixels).vectorize(ci);
  schedule_rows(f, {da, f.n}, {f.sum, pixels}, target);
}

}  // namespace lithe
