#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/pooling/algorithm.h"

namespace lithe {

inline void schedule(MaxPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.most});
}

inline void schedule(AvgPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.sum});
}

inline void schedule(AdaptiveAvgPool& f, Func y, const Target& target) {
  along_channels(y, f.c, {f.w, f.h, f.n}, target, {f.sum});
}

/// Eight vectors of sums stay in registers while the image passes.
inline void schedule(GlobalAvgPool& f, Func y) {
  constexpr int kVectors = 8;
  Var vo{"vo"}, vi{"vi"};
  y.parallel(f.n);
  f.sum.compute_at(y, f.n).bound_extent(f.lane, f.kLanes).vectorize(f.lane);
  f.sum.update()
      .split(f.v, vo, vi, kVectors, TailStrategy::RoundUp)
      .reorder(f.lane, vi, f.piece, vo)
      .vectorize(f.lane)
      .unroll(vi);
  f.total.compute_at(y, f.n).update().reorder(f.c, f.part);
}

}  // namespace lithe
