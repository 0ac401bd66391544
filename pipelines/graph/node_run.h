#pragma once

#include <utility>
#include <vector>

#include "pipelines/graph/kept_calls.h"
#include "pipelines/graph/pooled_tensor.h"

namespace lithe {

/// Runs one node over the whole batch, again and again: the kernel, the layouts and the calls are found out once for
/// inputs of the same shapes and strides. Not thread safe.
class NodeRun {
 public:
  NodeRun() = default;
  /// Without `specialised` kernels the generic ones serve.
  explicit NodeRun(bool specialised) : calls_(specialised) {}

  /// The outputs. `node` and `dims` (as bound to the inputs) are the same every time; absent inputs are empty tensors.
  std::vector<Tensor> operator()(const Node& node, const Dims& dims, const std::vector<Tensor>& given);
  /// The calls of the last run.
  const KeptCalls& calls() const { return calls_; }

 private:
  enum class Form { kAsGiven, kRowMajor, kAsItLies, kPlanar, kChannelsLast };

  bool is_laid_out_for(const std::vector<Tensor>& given) const;
  void lay_out(const Node& node, const Dims& dims, const std::vector<Tensor>& given);
  void call(const Node& node, const Dims& dims, const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);

  std::vector<std::pair<Shape, Shape>> given_;  // shapes and strides for which the rest holds
  const Kernel* kernel_ = nullptr;              // none: a view
  std::vector<Form> inputs_;                    // what the kernel wants
  std::vector<Shape> output_shapes_;
  std::vector<bool> planar_outputs_;
  std::vector<size_t> places_;  // where the only call takes inputs, packed ports and outputs; empty before it
  KeptCalls calls_;
};

}  // namespace lithe
