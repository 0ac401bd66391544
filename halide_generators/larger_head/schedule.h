#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/larger_head/algorithm.h"

namespace lithe {

inline void schedule(LargerHead& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.n}, target);
  f.most_p.compute_at(y, f.n), f.most_q.compute_at(y, f.n);
}

}  // namespace lithe
