#pragma once
#include "halide_generators/blocked_depthwise/algorithm.h"
#include "halide_generators/gpu.h"

namespace lithe {

inline void schedule_gpu(BlockedDepthwise& f, Func y, bool unrolled) {
  const int channels = tunable("channels", 16, {8, 32}), columns = tunable("columns", 8, {1, 4, 16});
  RVar io{"io"}, ii{"ii"}, copy{"copy"}, blocks{"blocks"};
  Var wo{"wo"}, wi{"wi"}, row{"row"};
  on_gpu(y, {f.c, f.w, f.h, f.n});  // writes nothing
  Stage update = y.update();
  update.allow_race_conditions().split(f.channel.x, io, ii, channels, TailStrategy::GuardWithIf);
  update.split(f.w, wo, wi, columns, TailStrategy::GuardWithIf);
  update.reorder({ii, wi, f.h, f.n, wo, io, f.channel.y, f.channel.z});
  update.fuse(f.h, f.n, row).fuse(io, f.channel.y, copy).fuse(copy, f.channel.z, blocks);
  update.gpu_threads(ii, wi).gpu_blocks(row, wo, blocks);
  f.sum.compute_at(y, ii);
  if (unrolled) f.sum.update().unroll(f.k.x).unroll(f.k.y);
}

}  // namespace lithe
