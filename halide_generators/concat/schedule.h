#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/concat/algorithm.h"

namespace lithe {

inline void schedule(Concat& f, Func y, const Target& target) { along_channels(y, f.c, {f.w, f.h, f.n}, target); }

}  // namespace lithe
