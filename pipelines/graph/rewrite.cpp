#include "pipelines/graph/rewrite.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace lithe {
namespace {

std::vector<Rewrite>& registered_rewrites() {
  static auto* all = new std::vector<Rewrite>;  // outlives every static that registers
  return *all;
}

// Remembers the nodes there are, so that those that a rewrite removes live on in the `fused` of the one that took over.
class Provenance {
 public:
  explicit Provenance(const Graph& graph) {
    for (const Node& node : graph.nodes) nodes_.push_back(entry(node));
  }

  /// After the rewrite of node `index` of the graph that is remembered; remembers what there is now. A rewrite changes
  /// few nodes, so names are compared and nothing is copied but the stretch where they differ.
  void hand_over(Graph* graph, size_t index) {
    const Stretch old = stretch(*graph);
    const auto begin = nodes_.begin() + old.first, end = begin + old.count;
    const auto now = graph->nodes.begin() + old.first;
    const auto now_end = graph->nodes.end() - (nodes_.end() - end);
    const auto holds = [](auto from, auto to, const std::string& name) {
      return std::any_of(from, to, [&](const auto& node) { return node.name == name; });
    };
    std::vector<std::string> gone;
    for (auto it = begin; it != end; ++it) {
      if (holds(now, now_end, it->name)) continue;
      gone.push_back(it->name);
      gone.insert(gone.end(), it->fused.begin(), it->fused.end());
    }
    if (!gone.empty()) {
      const auto fresh = std::find_if(now, now_end, [&](const Node& node) { return !holds(begin, end, node.name); });
      if (Node* heir = heir_of(nodes_[index], graph, fresh == now_end ? nullptr : &*fresh)) {
        heir->fused.insert(heir->fused.end(), gone.begin(), gone.end());
      }
    }
    std::vector<Entry> entries;
    std::transform(now, now_end, std::back_inserter(entries), entry);
    nodes_.insert(nodes_.erase(begin, end), entries.begin(), entries.end());
    for (size_t i = 0; i < nodes_.size(); ++i) {  // of the others a rewrite may exchange inputs
      const Node& node = graph->nodes[i];
      if (nodes_[i].inputs != node.inputs) nodes_[i].inputs = node.inputs;
      if (nodes_[i].fused.size() != node.fused.size()) nodes_[i].fused = node.fused;
    }
  }

 private:
  struct Entry {
    std::string name;
    std::vector<ValueId> inputs;
    ValueId output;
    std::vector<std::string> fused;
  };
  struct Stretch {
    std::ptrdiff_t first, count;
  };
  static Entry entry(const Node& node) { return {node.name, node.inputs, node.outputs[0], node.fused}; }

  // Where the remembered nodes are not those of the graph.
  Stretch stretch(const Graph& graph) const {
    const auto same = [](const Entry& e, const Node& n) { return e.name == n.name; };
    const auto first = std::mismatch(nodes_.begin(), nodes_.end(), graph.nodes.begin(), graph.nodes.end(), same).first -
                       nodes_.begin();
    const auto most = static_cast<std::ptrdiff_t>(std::min(nodes_.size(), graph.nodes.size())) - first;
    const auto behind =
        std::mismatch(nodes_.rbegin(), nodes_.rbegin() + most, graph.nodes.rbegin(), same).first - nodes_.rbegin();
    return {first, static_cast<std::ptrdiff_t>(nodes_.size()) - behind - first};
  }

  /// The node itself where it is still there, else the new one, else the nearest one before it.
  Node* heir_of(const Entry& entry, Graph* graph, Node* fresh) const {
    const auto find = [&](const auto& holds) {
      const auto it = std::find_if(graph->nodes.begin(), graph->nodes.end(), holds);
      return it == graph->nodes.end() ? nullptr : &*it;
    };
    if (Node* same = find([&](const Node& n) { return n.name == entry.name; })) return same;
    if (fresh != nullptr) return fresh;
    for (const ValueId input : entry.inputs) {
      if (Node* producer = find([&](const Node& n) { return n.outputs[0] == input; })) return producer;
      const auto removed =
          std::find_if(nodes_.begin(), nodes_.end(), [&](const Entry& e) { return e.output == input; });
      if (removed == nodes_.end()) continue;
      if (Node* before = heir_of(*removed, graph, fresh)) return before;
    }
    return nullptr;
  }

  std::vector<Entry> nodes_;
};

}  // namespace

bool register_rewrite(Rewrite rewrite) {
  registered_rewrites().push_back(std::move(rewrite));
  return true;
}

std::vector<Rewrite> rewrites() {
  std::vector<Rewrite> sorted = registered_rewrites();
  std::sort(sorted.begin(), sorted.end(),
            [](const Rewrite& a, const Rewrite& b) { return std::tie(a.order, a.name) < std::tie(b.order, b.name); });
  return sorted;
}

void rewrite(Graph& graph, Parameters& parameters) {
  Provenance provenance(graph);
  for (const Rewrite& r : rewrites()) {
    for (size_t i = 0; i < graph.nodes.size();) {
      const size_t nodes = graph.nodes.size();
      if (!r.apply(graph, parameters, i)) {
        ++i;
        continue;
      }
      provenance.hand_over(&graph, i);
      // A change may enable another one at the same place, and what followed may have moved up by all the nodes that
      // are gone. Those that were bypassed are, so this ends.
      const size_t gone = nodes - std::min(nodes, graph.nodes.size());
      i -= std::min(i, std::max<size_t>(gone, 1));
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
