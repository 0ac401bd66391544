#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/channel_permute/algorithm.h"
#include "halide_generators/planes.h"

namespace lithe {

/// Element by element: lanes would have to be gathered one by one, and in an unrolled loop LLVM adds addresses in lanes
/// only to take them apart again (three times slower).
inline void schedule(ChannelPermute& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  constexpr int kTask = 128;  // pixels
  Var task{"task"};
  y.split(f.p, task, f.p, kTask, TailStrategy::GuardWithIf).parallel(task).parallel(f.n);
}

inline void schedule(PlanarPermute& f, Func y, const Expr& pixels, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y);
  along_planes(y, f.p, f.c, f.n, pixels, {}, target);
}

}  // namespace lithe
