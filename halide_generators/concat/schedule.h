#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/concat/algorithm.h"

namespace lithe {

inline void schedule(Concat& f, Func y, const Target& target) { along_channels(y, f.c, {f.w, f.h, f.n}, target); }

inline void schedule_gpu(ConcatBehind& f, Func y) {
  const int channels = tunable("channels", 32, {64, 128}), pixels = tunable("pixels", 4, {1, 2, 8});
  RVar co{"co"}, ci{"ci"};
  Var po{"po"}, pi{"pi"};
  on_gpu(y, {f.c, f.w, f.h, f.n});  // writes nothing
  Stage update = y.update();
  update.allow_race_conditions().split(f.channel, co, ci, channels, TailStrategy::GuardWithIf);
  update.split(fuse_all(update, {f.w, f.h, f.n}), po, pi, pixels, TailStrategy::GuardWithIf);
  update.reorder(ci, pi, po, co).gpu_threads(ci, pi).gpu_blocks(po, co);
}

}  // namespace lithe
