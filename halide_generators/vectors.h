#pragma once
#include "halide_generators/buffers.h"

// Schedules of passes over images whose channels lie side by side, in vectors of channels of any number.
namespace lithe {

/// Splits the channels c into the widest vectors that there are enough of them for; a last partial vector moves back.
/// `apply(stage, lane, vector)` orders the loops that c became. `most` registers of the processor make one vector.
template <class Apply>
void in_vectors(Func y, Var c, const Expr& channels, const Target& target, Apply apply, int most = 1) {
  Var vector{"vector"}, lane{"lane"};
  const auto split = [&](Stage s, int lanes) {
    s.split(c, vector, lane, lanes, TailStrategy::ShiftInwards).vectorize(lane);
    apply(s, lane, vector);
  };
  for (int lanes = most * target.natural_vector_size<float>(); lanes >= 4; lanes /= 2) {
    split(y.specialize(channels >= lanes), lanes);
  }
  split(y, 1);
}

/// Element by element: the channels of `pixels` neighbours per task.
inline void pixels_in_tasks(Func y, Var c, Var pixel, int pixels, const Expr& channels, const Target& target) {
  Var task{"task"};
  in_vectors(y, c, channels, target, [&](Stage s, Var lane, Var vector) {
    s.split(pixel, task, pixel, pixels, TailStrategy::GuardWithIf).reorder(lane, vector, pixel, task).parallel(task);
  });
}

}  // namespace lithe
