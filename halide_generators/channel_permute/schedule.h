#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/channel_permute/algorithm.h"

namespace lithe {

/// Lanes would have to be gathered one by one; element by element the index is read once per row instead.
inline void schedule(ChannelPermute& f, Func y) {
  constexpr int kColumns = 4;
  const auto rows = [&](Stage s) { s.reorder(f.w, f.c, f.h, f.n).parallel(f.h).parallel(f.n); };
  Stage wide = y.specialize(y.output_buffer().dim(0).extent() >= kColumns);
  wide.unroll(f.w, kColumns, TailStrategy::ShiftInwards);
  rows(wide);
  rows(y);
}

}  // namespace lithe
