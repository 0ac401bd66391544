#include "pipelines/graph/rewrite.h"

#include <algorithm>
#include <tuple>

namespace lithe {
namespace {

std::vector<Rewrite>& registry() {
  static auto* all = new std::vector<Rewrite>;  // outlives every static that registers
  return *all;
}

}  // namespace

bool register_rewrite(Rewrite rewrite) {
  registry().push_back(std::move(rewrite));
  return true;
}

std::vector<Rewrite> rewrites() {
  std::vector<Rewrite> sorted = registry();
  std::sort(sorted.begin(), sorted.end(),
            [](const Rewrite& a, const Rewrite& b) { return std::tie(a.order, a.name) < std::tie(b.order, b.name); });
  return sorted;
}

void rewrite(Graph& graph, Parameters& parameters) {
  for (const Rewrite& r : rewrites()) {
    for (size_t i = 0; i < graph.nodes.size();) {
      // A change may enable another one at the same place; bypassed nodes are gone, so this ends.
      i = r.apply(graph, parameters, i) ? i - (i > 0) : i + 1;
    }
  }
}

Node* only_producer(Graph& graph, ValueId value) {
  if (std::count(graph.outputs.begin(), graph.outputs.end(), value) > 0) return nullptr;
  int uses = 0;
  Node* producer = nullptr;
  for (Node& node : graph.nodes) {
    uses += static_cast<int>(std::count(node.inputs.begin(), node.inputs.end(), value));
    if (std::count(node.outputs.begin(), node.outputs.end(), value) > 0) producer = &node;
  }
  return uses == 1 ? producer : nullptr;
}

void bypass(Graph& graph, size_t index, ValueId instead) {
  const ValueId gone = graph.nodes[index].outputs[0];
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), gone, instead);
  std::replace(graph.outputs.begin(), graph.outputs.end(), gone, instead);
}

ValueId add_parameter(Graph& graph, Parameters& parameters, const std::string& name, Tensor tensor) {
  std::string unique = name;
  while (parameters.count(unique)) unique += "'";
  graph.values.push_back({unique, ValueKind::kParameter, tensor.shape(), {}});
  parameters[unique] = std::move(tensor);
  return static_cast<ValueId>(graph.values.size() - 1);
}

}  // namespace lithe
