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

/// The largest plane, in pixels, whose loops are unrolled where they are known: rows are then read once for all taps,
/// and no border is tested.
constexpr int64_t kUnrolledPlane = 28 * 28;

/// A few rows of one channel at a time: what lies between the halves stays in the L1 cache. `width`, `height`: of y.
inline void schedule(FactorizedConv& f, Func y, Expr multiplier, Expr stride_w, const Expr& inputs, const Expr& width,
                     const Expr& height, const Target& target, bool unrolled) {
  if (target.has_gpu_feature()) {
    f.column.compute_at(f.sum, f.v.x);
    return on_gpu(y, {f.sum});
  }
  constexpr int kChannels = 16, kRows = 8, kFewRows = 2, kWideRows = 256;
  const int64_t *known_width = as_const_int(width), *known_height = as_const_int(height);
  const bool known = known_width != nullptr && known_height != nullptr;
  const bool small = known && *known_width * *known_height <= kUnrolledPlane;
  // Several channels that read the same wide rows find them in the L1 cache if these are few.
  const int64_t* known_inputs = as_const_int(inputs);
  const bool wide = known && known_inputs != nullptr && *known_inputs * *known_width > kWideRows;
  const int usual = small ? static_cast<int>(*known_height) : wide ? kFewRows : kRows;
  const int row_count = tunable("rows", usual, {2, 4, 8, 14, 28});
  const bool plane = unrolled && small && row_count == *known_height;
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
    if (plane) s.unroll(wo).unroll(hi);
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
  if (known && *known_width > 4 && *known_width < 8) {  // two vectors of 4 that overlap cost more than one of 8
    f.sum.compute_at(y, hi).bound_extent(f.w, 8);
  } else {
    f.sum.compute_at(y, wo);
  }
  f.sum.vectorize(f.w).update().reorder(f.w, f.o, f.v).vectorize(f.w);
  if (outputs_known) f.sum.unroll(f.o).update().unroll(f.o);
  f.padded.compute_at(y, mi).store_in(MemoryType::Stack).update().reorder(f.border, f.h, f.m, f.n);
  if (known && unrolled) f.padded.update().unroll(f.border);
  for (size_t i = 0; i < f.runs.size(); ++i) {
    auto& [r, column] = f.runs[i];
    Stage run = f.padded.update(static_cast<int>(i) + 1);
    run.allow_race_conditions().reorder(r.x, r.y, f.h, f.m, f.n).vectorize(r.x);
    if (plane) run.unroll(r.y).unroll(f.h);
    column.compute_at(f.padded, r.y).vectorize(f.w);
    const auto taps = [&](Stage s) {
      s.reorder(f.w, f.k.x, f.k.y).vectorize(f.w);
      if (unrolled) s.unroll(f.k.x);
    };
    if (!known) taps(column.update().specialize(inputs == 1));  // depthwise
    taps(column.update());
  }
  if (unrolled) f.sum.update().unroll(f.v);
}

}  // namespace lithe
