#pragma once

#include <utility>

#include "pipelines/graph/tensor_pool.h"

namespace lithe {

/// a + b, in the layout of a.
Tensor added(const Tensor& a, const Tensor& b, TensorPool& pool);

/// The gradient of a value: the sum of what its readers give, in the order in which they give it.
class GradientSum {
 public:
  /// Nobody else reads or writes the memory of `gradient`.
  void add(const Tensor& gradient, TensorPool& pool) { add(gradient, true, pool); }
  /// Others read it.
  void add_shared(const Tensor& gradient, TensorPool& pool) { add(gradient, false, pool); }
  /// The sum, which is forgotten; empty if there was nothing to add.
  Tensor take() { return std::exchange(sum_, Tensor()); }

 private:
  void add(const Tensor& gradient, bool is_own, TensorPool& pool);

  Tensor sum_;
  bool is_own_ = false;
};

}  // namespace lithe
