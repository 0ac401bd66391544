#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/larger_head/algorithm.h"

namespace lithe {

inline void schedule(LargerHead& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(f.most_p), on_gpu(f.most_q), on_gpu(y);
  along_channels(y, f.c, {f.n}, target);
  f.most_p.compute_at(y, f.n), f.most_q.compute_at(y, f.n);
}

}  // namespace lithe
