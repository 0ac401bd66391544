#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/resize/algorithm.h"

namespace lithe {

inline void schedule(ResizeBilinear& f, Func y, const Target& target) {
  if (target.has_gpu_feature()) return on_gpu(y, {f.c, f.w, f.h, f.n});
  for (Sampling* s : {&f.columns, &f.rows}) s->low.compute_root(), s->high.compute_root(), s->fraction.compute_root();
  along_channels(y, f.c, {f.w, f.h, f.n}, target);
}

}  // namespace lithe
