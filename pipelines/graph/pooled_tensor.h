#pragma once

#include "pipelines/core/tensor.h"

namespace lithe {

/// A tensor of training steps, in memory of MemoryPool::shared(). Elements are uninitialised. Images N C H W lie
/// row-major if `planar`, else with the channels innermost.
Tensor pooled_tensor(const Shape& shape, bool planar = true);
/// `t`, or such a copy of it in that layout.
Tensor laid_out(const Tensor& t, bool planar);

}  // namespace lithe
