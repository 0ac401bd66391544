#pragma once

#include "pipelines/core/tensor.h"

namespace lithe::cli {

/// Numbers in [-2, 2), the spread of normalised images, the same every time: speed may depend on denormal or saturated
/// ones.
Tensor noise(const Shape& shape);

}  // namespace lithe::cli
