#pragma once
// The reverse direction of one node.

#include <string>
#include <vector>

#include "pipelines/graph/graph.h"
#include "pipelines/graph/tensor_pool.h"

namespace lithe {

/// What gives the gradients of the inputs `wanted` (one flag per input value) of a node. Throws Error naming the input
/// that has none for these extents and attributes.
std::vector<const Adjoint*> choose_adjoints(const Node& node, const Dims& dims, const std::vector<bool>& wanted);

/// The ports whose values of the forward pass an adjoint reads.
std::vector<std::string> values_read(const Node& node, const Dims& dims, const Adjoint& adjoint);

/// A node on its way back.
struct NodeState {
  const Node& node;
  const Dims& dims;
  std::vector<Shape> shapes;            // of the inputs
  std::vector<Tensor> inputs, outputs;  // of these, only what the adjoint reads must be there
  bool planar;  // whether output 0 lay row-major: so do then the gradients of elementwise kernels
};

/// The gradients that `adjoint` gives, one per input of the node; the others are empty. `dy`: that of output 0, same
/// shape. The result may share the memory of dy.
std::vector<Tensor> run_adjoint(const NodeState& state, const Adjoint& adjoint, const Tensor& dy, TensorPool& pool);

}  // namespace lithe
