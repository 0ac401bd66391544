#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/channel_permute/algorithm.h"
#include "halide_generators/planes.h"
#include "halide_generators/vectors.h"

namespace lithe {

/// Element by element: lanes would have to be gathered one by one, and in an unrolled loop LLVM adds addresses in lanes
/// only to take them apart again (three times slower). Long rows are copied first: read in their order they come from
/// memory in half the time.
inline void schedule(ChannelPermute& f, Func y, const Expr& channels, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  constexpr int kTask = 128, kRows = 8;  // pixels
  Var task{"task"}, round{"round"};
  const auto in_tasks = [&](Stage s) {
    s.split(f.p, task, f.p, kTask, TailStrategy::GuardWithIf).split(f.p, round, f.p, kRows, TailStrategy::GuardWithIf);
    s.parallel(task).parallel(f.n);
  };
  in_tasks(y.specialize(f.many));
  in_tasks(y);
  f.rows.store_at(y, task).compute_at(y, round).fold_storage(f.p, kRows);
  in_vectors(f.rows, f.c, channels, target, [&](Stage s, Var lane, Var vector) { s.reorder(lane, vector, f.p); });
}

inline void schedule(PlanarPermute& f, Func y, const Expr& pixels, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  along_planes(y, f.p, f.c, f.n, pixels, {}, target);
}

}  // namespace lithe
