#pragma once
// Weights into panels (panels.h): at every step of a training, forward and back.

#include <algorithm>
#include <functional>

#include "halide_generators/conv2d/panels.h"
#include "pipelines/core/threads.h"

namespace lithe::panels {

/// Weights w(o, k) of `outputs` by `depth` from `data` on, wherever they lie.
struct Matrix {
  const float* data;
  int64_t outputs, depth, output_stride, input_stride;
};

/// Panel `p` of `w`: depth rows of 16 outputs side by side; zero where there is no output.
inline void pack(const Matrix& w, int64_t p, float* to) {
  const float* const from = w.data + p * kWidth * w.output_stride;
  const int64_t lanes = std::clamp<int64_t>(w.outputs - p * kWidth, 0, kWidth);
  for (int64_t k = 0; k < w.depth; ++k, to += kWidth) {
    const float* const row = from + k * w.input_stride;
    if (lanes < kWidth) {
      for (int64_t o = 0; o < lanes; ++o) to[o] = row[o * w.output_stride];
      std::fill(to + lanes, to + kWidth, 0.0f);
    } else if (w.output_stride == 1) {
      std::copy_n(row, kWidth, to);
    } else {
      for (int64_t o = 0; o < kWidth; ++o) to[o] = row[o * w.output_stride];
    }
  }
}

/// Calls body(p) for every panel that `outputs` have, in parallel where panels of `size` numbers are worth a task.
inline void each_panel(int64_t outputs, int64_t size, const std::function<void(int64_t)>& body) {
  constexpr int64_t kTask = 1 << 13;
  const int64_t panels = count(outputs);
  const int64_t per_task = std::max<int64_t>(kTask / std::max<int64_t>(size, 1), 1);
  parallel_for((panels + per_task - 1) / per_task, [&](int64_t task) {
    for (int64_t p = task * per_task; p < std::min(panels, (task + 1) * per_task); ++p) body(p);
  });
}

}  // namespace lithe::panels
