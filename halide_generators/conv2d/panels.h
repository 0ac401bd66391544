#pragma once
// How convolution weights lie in memory: panels of 16 output channels, so that one vector holds neighbouring outputs.
// A panel of a grouped convolution covers the input channels of all groups it touches; weights between different
// groups are zero. The same few lines are the packing (C++) and the addressing (Halide).

#include <algorithm>

namespace lithe::panels {

constexpr int kWidth = 16;  // outputs per panel, for every instruction set

/// Panels of `o` outputs: an even number, since kernels take two at a time, unless there is only one.
template <class Int>
Int count(Int o) {
  const Int panels = (o + kWidth - 1) / kWidth;
  return panels == 1 ? 1 : (panels + 1) / 2 * 2;
}

/// Input channels that one panel reads: those of every group that 16 neighbouring outputs can touch.
template <class Int>
Int depth(Int c, Int o, Int groups) {
  const Int per_group = o / groups;
  // 16 outputs that start on a group's border touch ceil(16 / per_group) groups; elsewhere one more.
  const bool aligned = per_group % kWidth == 0 || kWidth % per_group == 0;
  const Int touched = (kWidth + per_group - 1) / per_group + (aligned ? 0 : 1);
  return std::min(touched, groups) * (c / groups);
}

}  // namespace lithe::panels
