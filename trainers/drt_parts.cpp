#include "trainers/drt_parts.h"

#include <algorithm>
#include <set>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

// Everything that `value` is computed from, itself included, as far as `ends`.
std::set<ValueId> needed_for(const Graph& graph, const std::vector<ValueId>& values, const std::set<ValueId>& ends) {
  std::set<ValueId> needed(values.begin(), values.end());
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const bool used = std::any_of(node->outputs.begin(), node->outputs.end(),
                                  [&](ValueId id) { return needed.count(id) > 0 && ends.count(id) == 0; });
    if (used) needed.insert(node->inputs.begin(), node->inputs.end());
  }
  needed.erase(kNoValue);
  return needed;
}

// The part of a graph between `inputs` and `outputs`.
Graph part(const Graph& graph, const std::vector<ValueId>& inputs, const std::vector<ValueId>& outputs) {
  const std::set<ValueId> ends(inputs.begin(), inputs.end()), needed = needed_for(graph, outputs, ends);
  Graph result;
  result.name = graph.name;
  std::map<ValueId, ValueId> renamed{{kNoValue, kNoValue}};
  for (const ValueId id : needed) {
    renamed[id] = static_cast<ValueId>(result.values.size());
    result.values.push_back(graph.value(id));
    if (ends.count(id) > 0) result.values.back().kind = ValueKind::kInput;
  }
  const auto rename = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids) id = renamed.at(id);
    return ids;
  };
  for (Node node : graph.nodes) {
    const bool inside = std::all_of(node.outputs.begin(), node.outputs.end(),
                                    [&](ValueId id) { return needed.count(id) > 0 && ends.count(id) == 0; });
    if (!inside) continue;
    node.inputs = rename(node.inputs), node.outputs = rename(node.outputs);
    result.nodes.push_back(std::move(node));
  }
  result.inputs = rename(inputs), result.outputs = rename(outputs);
  return result;
}

}  // namespace

TwoHeadedParts parts_of(const Graph& graph) {
  const auto speaks = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) {
    return node.op->name() == "larger_head" && node.outputs == graph.outputs;
  });
  if (speaks == graph.nodes.end()) {
    throw Error(ErrorKind::kUsage, "--model: " + graph.name + " has no two heads; take drt_digits or a drt_resnet");
  }
  const std::set<ValueId> first = needed_for(graph, {speaks->inputs.at(0)}, {}),
                          second = needed_for(graph, {speaks->inputs.at(1)}, {});
  ValueId features = kNoValue;  // the last activation that both need; nodes stand in order
  for (const ValueId id : first) {
    if (second.count(id) > 0 && graph.value(id).kind == ValueKind::kActivation) features = id;
  }
  LITHE_CHECK(features != kNoValue);
  return {part(graph, graph.inputs, {features}), part(graph, {features}, speaks->inputs), graph.value(features).name};
}

}  // namespace lithe
