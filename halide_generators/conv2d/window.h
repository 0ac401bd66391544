#pragma once
// The contract of convolutions that rewrites make: a window with strides and even padding, without dilation, and bounds
// of the result.

#include <algorithm>
#include <limits>

#include "pipelines/graph/op.h"

namespace lithe {

/// Sets Ho and Wo from H, W, KH, KW, strides and paddings; 0 where the window does not fit.
inline void derive_window(Dims& d) {
  const auto extent = [&](const char* size, const char* kernel, const char* pad, const char* stride) {
    const int64_t room = d(size) + 2 * d(pad) - d(kernel);
    return room < 0 ? 0 : room / std::max<int64_t>(d(stride), 1) + 1;
  };
  d.set("Ho", extent("H", "KH", "pad_h", "stride_h")), d.set("Wo", extent("W", "KW", "pad_w", "stride_w"));
}

/// Adds the attributes of such a convolution and what they must fulfil.
inline Op& with_window(Op& op) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return op.attribute("stride_h", int64_t{1})
      .attribute("stride_w", int64_t{1})
      .attribute("pad_h", int64_t{0})
      .attribute("pad_w", int64_t{0})
      .attribute("clamp_min", -kInfinity)
      .attribute("clamp_max", kInfinity)
      .require([](const Dims& d) { return d("stride_h") > 0 && d("stride_w") > 0; }, "strides must be at least 1")
      .require([](const Dims& d) { return d("pad_h") >= 0 && d("pad_w") >= 0; }, "paddings must be at least 0")
      .require([](const Dims& d) { return d("Ho") > 0 && d("Wo") > 0; }, "the kernel is larger than the padded image");
}

}  // namespace lithe
