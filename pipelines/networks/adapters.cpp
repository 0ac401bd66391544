#include "pipelines/networks/adapters.h"

#include <fnmatch.h>

#include <algorithm>

#include "pipelines/networks/layers.h"

namespace lithe {
namespace {

/// The only reader of a value, nullptr if there are more or none.
const Node* only_reader(const Graph& graph, ValueId value) {
  const Node* reader = nullptr;
  for (const Node& node : graph.nodes) {
    const auto uses = std::count(node.inputs.begin(), node.inputs.end(), value);
    if (uses > 1 || (uses == 1 && reader != nullptr)) return nullptr;
    if (uses == 1) reader = &node;
  }
  return reader;
}

bool takes_adapter(const Graph& graph, const Node& node) {
  return node.op->name() == "conv2d" && graph.value(node.inputs[1]).is_state() &&
         std::get<int64_t>(node.attributes.at("groups")) < graph.value(node.outputs[0]).shape[1];
}

AdapterPlace place_behind(const Graph& graph, const Node& node) {
  AdapterPlace place;
  place.convolution = node.name;
  place.weight = graph.value(node.inputs[1]).name;
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) place.bias = graph.value(node.inputs[2]).name;
  place.channels = graph.value(node.outputs[0]).shape[1];
  place.groups = std::get<int64_t>(node.attributes.at("groups"));
  const Node* reader = only_reader(graph, node.outputs[0]);
  place.own_norm = reader != nullptr && reader->op->name() == "batch_norm";
  if (place.own_norm) place.norm = reader->name;
  return place;
}

// 1x1, with bias, from 0.
ValueId pointwise(GraphBuilder& g, const std::string& name, ValueId x, int64_t out, int64_t groups, Init weight) {
  const ValueId w = g.parameter(join(name, "weight"), {out, g.channels(x) / groups, 1, 1}, weight);
  return g.op("conv2d", name, {x, w, g.parameter(join(name, "bias"), {out}, Init::constant(0))}, {{"groups", groups}});
}

ValueId adapter(GraphBuilder& g, const AdapterPlace& place, const AdapterRanks& ranks, ValueId x) {
  const auto part = [&](const char* what) { return join(place.name, what); };
  ValueId v = batch_norm(g, part("bn1"), x);
  if (ranks.full()) {
    v = pointwise(g, part("conv1"), v, place.channels, place.groups, Init::constant(0));
  } else {
    v = pointwise(g, part("conv_wh"), v, place.groups * ranks.kx, place.groups, Init::normal(0.01));
    v = pointwise(g, part("conv_MAL"), v, place.groups * ranks.ky, place.groups, Init::normal(0.01));
    v = pointwise(g, part("conv_rc"), v, place.channels, place.groups, Init::constant(0));
  }
  v = g.op("add", part("sum"), {v, x});
  return place.own_norm ? v : batch_norm(g, place.norm, v);
}

}  // namespace

const Node& classifier_of(const Graph& graph) {
  const auto is_layer = [](const Node& n) { return n.op->name() == "conv2d" || n.op->name() == "linear"; };
  const auto last = std::find_if(graph.nodes.rbegin(), graph.nodes.rend(), is_layer);
  if (last != graph.nodes.rend()) return *last;
  throw Error(ErrorKind::kUsage, graph.name + " has no convolution or linear layer that gives its scores");
}

std::vector<AdapterPlace> adapter_places(const Graph& backbone, const std::vector<std::string>& patterns,
                                         const std::function<std::string(const std::string&)>& name) {
  std::vector<AdapterPlace> places;
  std::vector<bool> used(patterns.size());
  const Node* const classifier = &classifier_of(backbone);
  for (const Node& node : backbone.nodes) {
    if (!takes_adapter(backbone, node) || &node == classifier) continue;
    bool wanted = false;
    for (size_t i = 0; i < patterns.size(); ++i) {
      const bool fits = fnmatch(patterns[i].c_str(), node.name.c_str(), 0) == 0;
      if (fits) used[i] = wanted = true;
    }
    if (!wanted) continue;
    AdapterPlace place = place_behind(backbone, node);
    if (!place.own_norm && place.bias.empty()) continue;
    place.name = name(node.name);
    if (!place.own_norm) place.norm = join(place.name, "bn2");
    places.push_back(place);
  }
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (used[i]) continue;
    throw Error(ErrorKind::kUsage, backbone.name + " has no convolution \"" + patterns[i] +
                                       "\" that an adapter could stand behind; `lithe inspect` lists its layers");
  }
  return places;
}

Graph with_adapters(const Graph& backbone, const std::vector<AdapterPlace>& places,
                    const std::map<std::string, AdapterRanks>& ranks) {
  GraphBuilder g(backbone.name);
  std::vector<ValueId> now(backbone.values.size(), kNoValue);  // by the backbone's ids
  for (size_t i = 0; i < backbone.values.size(); ++i) {
    const Value& value = backbone.values[i];
    if (value.kind == ValueKind::kInput) now[i] = g.input(value.name, value.shape);
    if (value.kind == ValueKind::kParameter) now[i] = g.parameter(value.name, value.shape, value.init);
    if (value.kind == ValueKind::kStatistic) now[i] = g.statistic(value.name, value.shape, value.init);
  }
  const auto id = [&](ValueId old) -> ValueId& { return now[static_cast<size_t>(old)]; };
  for (const Node& node : backbone.nodes) {
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? kNoValue : id(input));
    ValueId v = g.op(node.op->name(), node.name, inputs, node.attributes);
    for (size_t k = 0; k < node.outputs.size(); ++k) id(node.outputs[k]) = v + static_cast<ValueId>(k);
    for (const AdapterPlace& place : places) {
      if (place.convolution != node.name) continue;
      const auto rank = ranks.find(place.name);
      id(node.outputs[0]) = adapter(g, place, rank == ranks.end() ? AdapterRanks{} : rank->second, v);
    }
  }
  for (const ValueId output : backbone.outputs) g.output(id(output));
  for (const auto& [other, here] : backbone.aliases) g.alias(other, here);
  return g.finish();
}

}  // namespace lithe
