#pragma once

#include "pipelines/core/tensor.h"

namespace lithe {

/// Tensors of training steps, in memory of MemoryPool::shared(). Thread safe.
class TensorPool {
 public:
  /// Elements are uninitialised. Images N C H W lie row-major if `planar`, else with the channels innermost.
  Tensor take(const Shape& shape, bool planar = true);
  /// `t`, or a copy of it in that layout.
  Tensor laid_out(const Tensor& t, bool planar);
};

}  // namespace lithe
