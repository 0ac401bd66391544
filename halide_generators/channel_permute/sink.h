#pragma once
// What rewrites that move a channel_permute behind its consumer share.

#include <algorithm>
#include <vector>

#include "pipelines/graph/rewrite.h"

namespace lithe {

using Channels = std::vector<int64_t>;

/// Where each channel comes from: y[c] = x[index[c]].
inline const Channels& permute_index(const Node& permute) { return std::get<Channels>(permute.attributes.at("index")); }

/// to[index[c]] = c, or empty if a channel is read twice.
inline Channels inverse(const Channels& index) {
  Channels to(index.size(), -1);
  for (size_t c = 0; c < index.size(); ++c) to[static_cast<size_t>(index[c])] = static_cast<int64_t>(c);
  return std::count(to.begin(), to.end(), -1) > 0 ? Channels{} : to;
}

/// The channel_permute that nobody but `consumer` reads, as its first input; or nullptr.
inline Node* permute_before(Graph& graph, const Node& consumer) {
  Node* permute = only_producer(graph, consumer.inputs[0]);
  return permute != nullptr && permute->op->name() == "channel_permute" ? permute : nullptr;
}

/// A permutation before an operator that reads channels index[c] becomes part of its index.
inline bool absorb_into_index(Graph& graph, size_t consumer) {
  const Node* permute = permute_before(graph, graph.nodes[consumer]);
  if (permute == nullptr) return false;
  Channels index = permute_index(graph.nodes[consumer]);
  for (int64_t& c : index) c = permute_index(*permute)[static_cast<size_t>(c)];
  graph.nodes[consumer].attributes["index"] = index;
  bypass(graph, static_cast<size_t>(permute - graph.nodes.data()), permute->inputs[0]);
  return true;
}

/// permute, consumer -> consumer, permute. The caller has made the consumer right for unpermuted channels.
inline void sink(Graph& graph, size_t consumer) {
  const auto permute = permute_before(graph, graph.nodes[consumer]) - graph.nodes.data();
  Node moved = graph.nodes[static_cast<size_t>(permute)], first = graph.nodes[consumer];
  const ValueId between = moved.outputs[0], result = first.outputs[0];
  first.inputs[0] = moved.inputs[0], first.outputs[0] = between;
  moved.inputs[0] = between, moved.outputs[0] = result;
  graph.values[static_cast<size_t>(between)].shape = graph.value(result).shape;
  graph.nodes[consumer] = moved;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(consumer), first);
  graph.nodes.erase(graph.nodes.begin() + permute);
}

}  // namespace lithe
