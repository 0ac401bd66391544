#pragma once

#include <cstddef>
#include <memory>

#include "pipelines/core/tensor.h"

namespace lithe {

/// Uninitialised bytes, in pages of 2 MiB from that size on where the system has them.
Tensor large_page_memory(int64_t bytes);

/// Memory for a plan's packed weights, side by side in the order in which they are read and in pages of 2 MiB where the
/// system has them: weights that no cache holds from one image to the next come half as fast through small pages.
class WeightMemory {
 public:
  /// A row-major copy of `weights`, which keeps the memory alive.
  Tensor keep(const Tensor& weights);

 private:
  std::shared_ptr<void> block_;
  std::size_t used_ = 0, size_ = 0;
};

}  // namespace lithe
