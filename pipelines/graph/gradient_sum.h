#pragma once

#include <utility>

#include "pipelines/graph/pooled_tensor.h"

namespace lithe {

/// a + b, in the layout of a.
Tensor added(const Tensor& a, const Tensor& b);

/// The gradient of a value: the sum of what its readers give, in the order in which they give it.
class GradientSum {
 public:
  /// Nobody else reads or writes the memory of `gradient`.
  void add(const Tensor& gradient) { add(gradient, true); }
  /// Others read it.
  void add_shared(const Tensor& gradient) { add(gradient, false); }
  /// The sum, which is forgotten; empty if there was nothing to add.
  Tensor take() { return std::exchange(sum_, Tensor()); }

 private:
  void add(const Tensor& gradient, bool is_own);

  Tensor sum_;
  bool is_own_ = false;
};

}  // namespace lithe
