#pragma once
#include <cstring>

#include "pipelines/graph/parameters.h"

namespace lithe::test {

/// Equal shapes and equal bits, whatever the order in memory.
inline bool same_bits(const Tensor& a, const Tensor& b) {
  const Tensor x = a.contiguous(), y = b.contiguous();
  return x.shape() == y.shape() && x.dtype() == y.dtype() &&
         std::memcmp(x.raw(), y.raw(), static_cast<size_t>(x.bytes())) == 0;
}

/// The same names, and each with the same bits.
inline bool same_bits(const Parameters& a, const Parameters& b) {
  for (const auto& [name, tensor] : a) {
    const auto other = b.find(name);
    if (other == b.end() || !same_bits(tensor, other->second)) return false;
  }
  return a.size() == b.size();
}

}  // namespace lithe::test
