#pragma once
// How the weights of layers that work on blocks of channels lie in memory.

#include "pipelines/core/tensor.h"

namespace lithe::blocks {

constexpr int64_t kPanel = 16;
constexpr int64_t kExpandPanels = 3, kStemPanels = 2;  // per block, as in schedule.h

/// O x ... -> P x inner x 16: panels of 16 outputs, zeros up to a whole block of `panels`. rows(o, i) is a weight.
template <class Rows>
Tensor pack(int64_t outputs, const Shape& inner, int64_t panels, const Rows& rows) {
  Shape shape{(outputs + panels * kPanel - 1) / (panels * kPanel) * panels};
  shape.insert(shape.end(), inner.begin(), inner.end());
  shape.push_back(kPanel);
  const Tensor packed = Tensor::filled(shape, 0.0f);
  const int64_t inputs = elements(inner);
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t i = 0; i < inputs; ++i) packed.data()[(o / kPanel * inputs + i) * kPanel + o % kPanel] = rows(o, i);
  }
  return packed;
}

/// With the inputs of an output in the order in which they lie.
inline Tensor pack(const Tensor& w, const Shape& inner, int64_t panels) {
  const Tensor plain = w.contiguous();
  const int64_t inputs = elements(inner);
  return pack(w.dim(0), inner, panels, [&](int64_t o, int64_t i) { return plain.data()[o * inputs + i]; });
}

}  // namespace lithe::blocks
