#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "pipelines/graph/kernel_call.h"

namespace lithe {

/// The calls of one node in one direction, made again with every training step: laid out, and kernels compiled for them
/// looked up, once for tensors of the same shapes and strides. Not thread safe.
class KeptCalls {
 public:
  KeptCalls() = default;
  /// Without `specialised` kernels the generic ones serve.
  explicit KeptCalls(bool specialised) : specialised_(specialised) {}

  /// Makes the i-th call. Node and dimensions are the same every time; `ports`, as for KernelCall, are not kept.
  void call(size_t i, const Node& node, const Kernel& kernel, const Dims& dims, const PortTensors& ports);
  /// The i-th call as it was made last.
  KernelCall& last(size_t i) { return kept_.at(i).call; }
  void each(const std::function<void(const KernelCall&)>& visit) const;

 private:
  struct Kept {
    const Kernel* kernel;
    std::vector<std::pair<Shape, Shape>> layouts;  // shapes and strides of the ports, in the order of their names
    KernelCall call;
  };
  bool specialised_ = true;
  std::vector<Kept> kept_;
};

}  // namespace lithe
