#pragma once

#include "pipelines/core/tensor.h"

namespace lithe {

/// The values as float32, row-major; the tensor itself if it is that already. F16, BF16, 8- and 16-bit integers and
/// BOOL (0 or 1) convert exactly; F64, I32 and I64 are rounded to the nearest float32 (infinity beyond its range).
Tensor to_float32(const Tensor& x);

/// The values of a float32 tensor rounded to F16 or BF16, row-major.
Tensor to_half(const Tensor& x, DType type);

}  // namespace lithe
