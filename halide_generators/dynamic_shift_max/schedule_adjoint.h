#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/dynamic_shift_max/adjoint.h"

namespace lithe {

constexpr int kRows = 8;  // pixels whose rows lie in the nearest cache at a time

/// The coefficients are copied once per `image`, the rows once per round of `pixels`.
inline void schedule_rows(ShiftMaxRows& f, const LoopLevel& image, const LoopLevel& pixels, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  f.a.compute_at(image);
  for (Func rows : {f.x, f.dy}) rows.store_at(image).compute_at(pixels).fold_storage(f.p, kRows);
  for (Func ring : {f.a, f.x, f.dy}) {
    for (int part : {0, 1, 2}) {
      ring.update(part).vectorize(part == 0 ? f.row.x : f.rim.x, lanes, TailStrategy::GuardWithIf);
    }
  }
  f.turn.compute_root().vectorize(f.c, lanes, TailStrategy::RoundUp);
}

/// An image per task.
inline void schedule(ShiftMaxImageGradient& f, Func dx, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var po{"po"}, pi{"pi"}, co{"co"}, ci{"ci"};
  dx.split(f.p, po, pi, kRows, TailStrategy::GuardWithIf).split(f.c, co, ci, lanes, TailStrategy::GuardWithIf);
  dx.reorder(ci, co, pi, po, f.n).vectorize(ci).parallel(f.n);
  f.back.store_at(dx, f.n).compute_at(dx, po).fold_storage(f.p, kRows).vectorize(f.c, lanes, TailStrategy::RoundUp);
  schedule_rows(f, {dx, f.n}, {dx, po}, target);
}

/// An image per task; the sums of a vector of channels stay in registers while the rows of one round pass.
inline void schedule(ShiftMaxCoefficientsGradient& f, Func da, const Target& target) {
  const int lanes = target.natural_vector_size<float>();
  Var co{"co"}, ci{"ci"};
  RVar po{"po"}, pi{"pi"};
  da.vectorize(f.c, lanes, TailStrategy::GuardWithIf).parallel(f.n);
  f.sum.compute_at(da, f.n).vectorize(f.c, lanes, TailStrategy::RoundUp);
  f.sum.update().split(f.pixel, po, pi, kRows, TailStrategy::GuardWithIf);
  f.sum.update().split(f.c, co, ci, lanes, TailStrategy::RoundUp).reorder(ci, pi, co, po).vectorize(ci);
  schedule_rows(f, {da, f.n}, {f.sum, po}, target);
}

}  // namespace lithe
