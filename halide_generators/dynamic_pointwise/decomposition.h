#pragma once
// What the contracts of operators with the weights diag(s) w + p Phi q of each image share (Dynamic Convolution
// Decomposition, Li et al., ICLR 2021).

#include "pipelines/graph/op.h"

namespace lithe::decomposition {

/// The image and all that makes its weights.
inline Op& inputs(Op& op) {
  return op.input("x", "N C H W")
      .input("w", "O C 1 1")
      .optional_input("b", "O")
      .input("s", "N O")
      .input("q", "L C 1 1")
      .optional_input("a", "L")
      .input("phi", "N LL")  // row-major L x L
      .input("p", "O L 1 1")
      .optional_input("c", "O")
      .require([](const Dims& d) { return d("LL") == d("L L"); }, "phi must hold L * L numbers per image");
}

/// Of the 1x1 layer, as the paper writes it.
inline Madds madds(const Dims& d) {
  return {d("N H W") * (d("O C") + d("L C") + d("O L")), d("N H W") * (d("L L") + d("O")), 0};
}

/// q: L C 1 1 -> L C.
inline Tensor pack_rows(const std::vector<Tensor>& values, const Dims& d) {
  return values.at(0).contiguous().reshaped({d("L"), d("C")});
}

}  // namespace lithe::decomposition
