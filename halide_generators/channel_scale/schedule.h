#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/channel_scale/algorithm.h"

namespace lithe {

template <class Algorithm>
void schedule(Algorithm& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target);
}

}  // namespace lithe
