#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipelines/graph/parameters.h"

namespace lithe {

struct TrainingPlan;

/// One forward pass that owns its activations; several of one network may be alive at once. Copies share them.
class Pass {
 public:
  /// The tensor of a value: an activation, an input or a parameter. In a pass for training it is empty where no
  /// gradient needs it and it is no output.
  const Tensor& value(ValueId id) const { return values_.at(static_cast<size_t>(id)); }
  Tensor output(size_t i = 0) const { return value(graph_->outputs.at(i)).contiguous(); }

 private:
  friend Pass forward(const Graph&, const Parameters&, const std::vector<Tensor>&);
  friend class Trainable;
  const Graph* graph_ = nullptr;
  std::vector<Tensor> values_;
  std::shared_ptr<TrainingPlan> plan_;  // none in inference
  std::vector<bool> planar_;            // per node: whether output 0 lies row-major
  uint64_t seed_ = 0;
};

}  // namespace lithe
