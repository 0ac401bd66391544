#pragma once
#include "halide_generators/batch_norm/algorithm.h"
#include "halide_generators/buffers.h"

namespace lithe {

inline void schedule(BatchNorm& f, Func y, const Target& target) {
  if (!target.has_gpu_feature()) f.scale.compute_root(), f.shift.compute_root();
  along_channels(y, f.c, {f.m}, target);
}

}  // namespace lithe
