#pragma once
// How a graph runs on one image of one size: the kernel of every node and the place of every activation in one arena.

#include <functional>
#include <string>
#include <vector>

#include "pipelines/graph/device.h"
#include "pipelines/graph/graph.h"

namespace lithe {

struct Plan {
  struct Step {
    size_t node;
    const Kernel* kernel;  // nullptr: the elements of inputs[0] are copied to outputs[0], in the order N C H W
    Dims dims;
    std::vector<ValueId> inputs, outputs;  // of the node, or copies of them in the layout that the kernel reads
  };
  struct Place {
    ValueId root = kNoValue;  // the value in whose memory it lies: itself, or what it is a view of
    Shape shape, strides;
    int64_t offset = -1;  // bytes from the start of the arena, of roots
  };

  const Graph* graph = nullptr;
  Device device = Device::kCpu;
  DType weights = DType::kF32;  // what kernels read that can
  std::vector<Step> steps;
  std::vector<Place> places;  // one per value, states have none; behind them copies in another layout
  int64_t arena_bytes = 0;

  /// The steps as text: what the plan's hash is made of.
  std::string describe() const;
};

/// Called before every step of a plan with its index, and behind the last one with their number.
using StepObserver = std::function<void(const Plan& plan, size_t step)>;

/// `inputs`: shapes with N = 1; a graphics card takes a batch at once. `graph` must outlive the plan. Throws Error if
/// the network cannot take them.
Plan make_plan(const Graph& graph, const std::vector<Shape>& inputs, Device device = Device::kCpu,
               DType weights = DType::kF32);

}  // namespace lithe
