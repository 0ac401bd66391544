#pragma once

#include <cstdint>
#include <memory>

#include "pipelines/core/tensor.h"

namespace lithe {

/// Memory for tensors that come and go with every training step: what a tensor gives back serves the next one of about
/// its size, since fresh pages from the system cost more than what is computed in them. Tensors may outlive the pool.
/// Copies share their memory. Thread safe.
class TensorPool {
 public:
  TensorPool();
  /// Elements are uninitialised. Images N C H W lie row-major if `planar`, else with the channels innermost.
  Tensor take(const Shape& shape, bool planar = true);
  /// `t`, or a copy of it in that layout.
  Tensor laid_out(const Tensor& t, bool planar);
  /// Returns to the system what no tensor uses.
  void trim();

  int64_t bytes() const;  // in use
  /// The most that was in use since `reset_peak`.
  int64_t peak_bytes() const;
  void reset_peak();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace lithe
