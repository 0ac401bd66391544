#pragma once
// Where the time of a training step goes, kernel by kernel.

#include <cstdint>
#include <string>
#include <vector>

#include "pipelines/graph/trainable.h"

namespace lithe {

/// All calls of one kernel in a step, forward or back.
struct KernelTime {
  std::string kernel;
  bool specialised = false;  // compiled for just these calls
  int64_t calls = 0;
  double seconds = 0;  // processor time on one thread
};

/// Makes every distinct call of the network's latest step again, by itself and on noise: the most expensive first.
std::vector<KernelTime> kernel_times(const Trainable& network);

}  // namespace lithe
