#include "pipelines/graph/rewrite.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace lithe {
namespace {

std::vector<Rewrite>& registry() {
  static auto* all = new std::vector<Rewrite>;  // outlives every static that registers
  return *all;
}

/// Remembers the nodes there are, so that those that a rewrite removes live on in the `fused` of the one that took
/// over.
class Provenance {
 public:
  explicit Provenance(const Graph& graph) {
    for (const Node& n : graph.nodes) nodes_.push_back({n.name, n.inputs, n.outputs[0], n.fused});
  }

  /// After the rewrite of node `index` of the graph that this was made from.
  void hand_over(Graph* graph, size_t index) const {
    std::set<std::string> now;
    for (const Node& node : graph->nodes) now.insert(node.name);
    std::vector<std::string> gone;
    for (const Entry& entry : nodes_) {
      if (now.count(entry.name)) continue;
      gone.push_back(entry.name);
      gone.insert(gone.end(), entry.fused.begin(), entry.fused.end());
    }
    if (gone.empty()) return;
    if (Node* heir = heir_of(nodes_[index], graph)) heir->fused.insert(heir->fused.end(), gone.begin(), gone.end());
  }

 private:
  struct Entry {
    std::string name;
    std::vector<ValueId> inputs;
    ValueId output;
    std::vector<std::string> fused;
  };

  /// The node itself where it is still there, else a new one, else the nearest one before it.
  Node* heir_of(const Entry& entry, Graph* graph) const {
    const auto find = [&](const auto& holds) {
      const auto it = std::find_if(graph->nodes.begin(), graph->nodes.end(), holds);
      return it == graph->nodes.end() ? nullptr : &*it;
    };
    if (Node* same = find([&](const Node& n) { return n.name == entry.name; })) return same;
    const auto is_new = [&](const Node& n) {
      return std::none_of(nodes_.begin(), nodes_.end(), [&](const Entry& e) { return e.name == n.name; });
    };
    if (Node* fresh = find(is_new)) return fresh;
    for (const ValueId input : entry.inputs) {
      if (Node* producer = find([&](const Node& n) { return n.outputs[0] == input; })) return producer;
      const auto removed =
          std::find_if(nodes_.begin(), nodes_.end(), [&](const Entry& e) { return e.output == input; });
      if (removed == nodes_.end()) continue;
      if (Node* before = heir_of(*removed, graph)) return before;
    }
    return nullptr;
  }

  std::vector<Entry> nodes_;
};

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
  Provenance before(graph);
  for (const Rewrite& r : rewrites()) {
    for (size_t i = 0; i < graph.nodes.size();) {
      if (!r.apply(graph, parameters, i)) {
        ++i;
        continue;
      }
      before.hand_over(&graph, i);
      before = Provenance(graph);
      i -= i > 0;  // a change may enable another one at the same place; bypassed nodes are gone, so this ends
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
