#pragma once
// How a graph runs on one image of one size: the kernel of every node and the place of every activation in one arena.

#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

struct Plan {
  struct Step {
    size_t node;
    const Kernel* kernel;  // nullptr: the node's elements are copied into row-major order
    Dims dims;
  };
  struct Place {
    ValueId root = kNoValue;  // the value in whose memory it lies: itself, or what it is a view of
    Shape shape, strides;
    int64_t offset = -1;  // bytes from the start of the arena, of roots
  };

  const Graph* graph = nullptr;
  std::vector<Step> steps;
  std::vector<Place> places;  // one per value; states have no place
  int64_t arena_bytes = 0;

  /// The steps as text: what the plan's hash is made of.
  std::string describe() const;
};

/// `inputs`: shapes with N = 1. `graph` must outlive the plan. Throws Error if the network cannot take them.
Plan make_plan(const Graph& graph, const std::vector<Shape>& inputs);

}  // namespace lithe
