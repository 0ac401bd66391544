#pragma once
#include <vector>

#include "pipelines/core/float32.h"

namespace lithe::test {

/// The elements of a tensor of any type, in row-major order.
inline std::vector<float> floats(const Tensor& t) {
  const Tensor x = to_float32(t);
  return {x.data(), x.data() + x.size()};
}

}  // namespace lithe::test
