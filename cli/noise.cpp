#include "cli/noise.h"

#include "pipelines/core/random.h"

namespace lithe::cli {

Tensor noise(const Shape& shape) {
  Tensor numbers(shape);
  const RandomStream random(1, "noise");
  for (int64_t i = 0; i < numbers.size(); ++i) {
    numbers.data()[i] = static_cast<float>(4 * random.uniform(static_cast<uint64_t>(i)) - 2);
  }
  return numbers;
}

}  // namespace lithe::cli
