#pragma once
// Nodes one by one, over the whole batch.

#include <vector>

#include "pipelines/graph/parameters.h"
#include "pipelines/graph/pooled_tensor.h"

namespace lithe {

/// Runs one node on the values of its inputs (absent ones are empty tensors), with kernels compiled for just these
/// calls where there are any. `dims`: as bound to these inputs.
std::vector<Tensor> run_node(const Node& node, const Dims& dims, const std::vector<Tensor>& inputs);

/// Throws Error naming the input of the graph that does not fit: their number, type, rank, channels, one batch.
void check_inputs(const Graph& graph, const std::vector<Tensor>& inputs);
/// A tensor per value of the graph: parameters and statistics, the others empty. Throws Error naming what is missing or
/// has another shape.
std::vector<Tensor> state_values(const Graph& graph, const Parameters& parameters);

}  // namespace lithe
