#pragma once
#include "halide_generators/buffers.h"
#include "halide_generators/factorized_conv/algorithm.h"
#include "halide_generators/gpu.h"

namespace lithe {

/// The widths of vectors for rows of `width`, descending: one where the width is known.
inline std::vector<int> row_lanes(const Expr& width, const Target& target) {
  if (target.has_gpu_feature()) return {};
  const int64_t* known = as_const_int(width);
  if (known == nullptr) return {8, 4, 1};
  int lanes = target.natural_vector_size<float>();
  while (lanes > *known) lanes /= 2;
  return {std::max(lanes, 1)};
}

/// A few rows of one channel at a time: what lies between the halves stays in the L1 cache. `width`, `height`: of y.
inline void schedule(FactorizedConv& f, Func y, Expr multiplier, Expr stride_w, const Expr& width, const Expr& height,
                     const Target& target, bool unrolled) {
  if (target.has_gpu_feature()) {
    f.column.compute_at(f.sum, f.v.x);
    return on_gpu(y, {f.sum});
  }
  constexpr int kRows = 8, kSmall = 16, kChannels = 8;
  const int64_t* known_height = as_const_int(height);
  const bool small = known_height != nullptr && *known_height <= kSmall;
  const int row_count = tunable("rows", small ? static_cast<int>(*known_height) : kRows, {2, 4, 8, 14, 28});
  Var mo{"mo"}, mi{"mi"}, ho{"ho"}, hi{"hi"}, wo{"wo"}, wi{"wi"}, t{"t"}, task{"task"};
  const bool outputs_known = as_const_int(multiplier) != nullptr;
  const auto rows = [&](Stage s, int lanes) {
    s.split(f.o, f.m, t, multiplier, TailStrategy::RoundUp).split(f.h, ho, hi, row_count, TailStrategy::GuardWithIf);
    s.split(f.m, mo, mi, kChannels, TailStrategy::GuardWithIf);
    s.split(f.w, wo, wi, lanes, lanes == 1 ? TailStrategy::GuardWithIf : TailStrategy::ShiftInwards).vectorize(wi);
    if (outputs_known) {
      s.reorder(wi, t, wo, hi, mi, ho, mo, f.n).unroll(t);  // they share their inputs
    } else {
      s.reorder(wi, wo, hi, t, mi, ho, mo, f.n);
    }
    s.fuse(ho, mo, task).parallel(task).parallel(f.n);
  };
  const std::vector<int> widths = row_lanes(width, target);
  for (const int lanes : widths) {
    if (lanes == widths.back()) break;
    const auto strided = [&](int stride) { return width >= lanes && stride_w == stride; };
    for (const int stride : {1, 2}) {
      if (lanes == widths.front()) rows(y.specialize(strided(stride) && multiplier == 1), lanes);
      rows(y.specialize(strided(stride)), lanes);
    }
  }
  rows(y, widths.back());

  f.channel.compute_root();
  f.sum.compute_at(y, wo).vectorize(f.w);
  f.sum.update().reorder(f.w, f.o, f.v).vectorize(f.w);
  if (outputs_known) f.sum.unroll(f.o).update().unroll(f.o);
  f.padded.compute_at(y, mi).store_in(MemoryType::Stack).vectorize(f.w, target.natural_vector_size<float>());
  for (size_t i = 0; i < f.runs.size(); ++i) {
    auto& [r, column] = f.runs[i];
    f.padded.update(static_cast<int>(i)).allow_race_conditions().reorder(r.x, r.y, f.h, f.m, f.n).vectorize(r.x);
    column.compute_at(f.padded, r.y).vectorize(f.w).update().reorder(f.w, f.k.x, f.k.y).vectorize(f.w);
    if (unrolled) column.update().unroll(f.k.x);
  }
  if (unrolled) f.sum.update().unroll(f.v);
}

}  // namespace lithe
