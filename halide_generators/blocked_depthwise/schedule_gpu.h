#pragma once
#include "halide_generators/blocked_depthwise/algorithm.h"
#include "halide_generators/gpu.h"

namespace lithe {

inline void schedule_gpu(BlockedDepthwise& f, Func y, bool unrolled) {
  RVar inner{"inner"}, channel{"channel"};
  y.update().fuse(f.channel.x, f.channel.y, inner).fuse(inner, f.channel.z, channel);
  update_on_gpu(y, channel, {f.w, f.h, f.n}, {f.sum});
  if (unrolled) f.sum.update().unroll(f.k.x).unroll(f.k.y);
}

}  // namespace lithe
