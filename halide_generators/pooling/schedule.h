#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/pooling/schedule_gpu.h"

namespace lithe {

inline void schedule(MaxPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.most});
}

inline void schedule(AvgPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.sum});
}

inline void schedule(AdaptiveAvgPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.sum});
}

/// The sums of a block of channels stay in registers while the pixels pass.
inline void schedule(GlobalAvgPool& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return schedule_gpu(f, y);
  Var co{"co"}, ci{"ci"};
  const int lanes = target.natural_vector_size<float>();
  const Expr channels = y.output_buffer().dim(0).extent();
  const auto blocks = [&](Stage s, int size) {
    s.split(f.c, co, ci, size, size == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards);
    s.vectorize(ci, std::min(size, lanes)).parallel(co).parallel(f.n);
    if (size > lanes) s.unroll(ci);
  };
  for (int size = 4 * lanes; size >= 4; size /= 2) blocks(y.specialize(channels >= size), size);
  blocks(y, 1);
  f.sums.compute_at(y, co).vectorize(f.c).unroll(f.q);
  f.sums.update().reorder(f.c, f.q, f.four).vectorize(f.c).unroll(f.q);
  f.total.compute_at(y, co).vectorize(f.c);
  f.total.update(0).reorder(f.c, f.part).vectorize(f.c).unroll(f.part);
  f.total.update(1).reorder(f.c, f.rest).vectorize(f.c);
}

inline void schedule(PlanarAvgPool& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y, {f.sums, f.total});
  constexpr int kTask = 16;  // channels
  Var task{"task"};
  y.split(f.c, task, f.c, kTask, TailStrategy::GuardWithIf).parallel(task).parallel(f.n);
  f.sums.compute_at(y, f.c).vectorize(f.q).update().reorder(f.q, f.run).vectorize(f.q);
  for (Func part : {f.eighths, f.quarters, f.halves}) part.compute_at(y, f.c).vectorize(f.q);
  f.total.compute_at(y, f.c);
}

}  // namespace lithe
