#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/softmax/algorithm.h"

namespace lithe {

inline void schedule(Softmax& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(whole(f.most), {f.most}), on_gpu(whole(f.sum), {f.sum}), on_gpu(y);
  along_channels(y, f.c, {f.m}, target);
  f.most.compute_at(y, f.m), f.sum.compute_at(y, f.m);
  f.power.compute_at(y, f.m).vectorize(f.c, target.natural_vector_size<float>(), TailStrategy::RoundUp);
}

}  // namespace lithe
