#pragma once
// Rewrites change a graph and its parameters so that it computes the same with fewer passes. A rewrite lives in the
// folder of the operator it is about (`rewrite.cpp`), with its own test of equal outputs.

#include <string>
#include <vector>

#include "pipelines/graph/parameters.h"

namespace lithe {

struct Rewrite {
  std::string name;
  int order = 0;  // lower ones run first, to their end
  /// Tries to apply itself to node `index`, as the last of its nodes; returns whether the graph changed.
  bool (*apply)(Graph& graph, Parameters& parameters, size_t index) = nullptr;
};

/// Called before main(); always true, so that a static can be initialised with it.
bool register_rewrite(Rewrite rewrite);
/// In the order in which they run.
std::vector<Rewrite> rewrites();
/// Runs all registered rewrites, each until it finds nothing more.
void rewrite(Graph& graph, Parameters& parameters);

// ---- what rewrites are written with

/// The node that produces `value`, if `value` is read by exactly one node and is no output of the graph; else nullptr.
Node* only_producer(Graph& graph, ValueId value);
/// Removes node `index`; whoever read its first output reads `instead`.
void bypass(Graph& graph, size_t index, ValueId instead);
/// A new parameter holding `tensor`.
ValueId add_parameter(Graph& graph, Parameters& parameters, const std::string& name, Tensor tensor);

}  // namespace lithe
