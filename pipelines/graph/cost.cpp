#include "pipelines/graph/cost.h"

#include <set>

namespace lithe {

Cost cost_of(const Graph& graph, int64_t input_size) {
  std::vector<Shape> inputs = input_shapes(graph, 1);
  for (Shape& shape : inputs) {
    if (input_size != 0 && shape.size() == 4) shape[2] = shape[3] = input_size;
  }
  const std::vector<Shape> shapes = infer_shapes(graph, inputs);
  Cost cost;
  cost.input = inputs.at(0);
  std::set<ValueId> seen;  // shared parameters count once
  for (const Node& node : graph.nodes) {
    LayerCost layer{node.name, node.op->name(), shapes.at(static_cast<size_t>(node.outputs.at(0))), 0, {}, 0};
    layer.madds = node.op->madds(bind_dims(node, shapes));
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || graph.value(id).kind != ValueKind::kParameter || !seen.insert(id).second) continue;
      layer.parameters += elements(graph.value(id).shape);
    }
    for (const ValueId id : node.outputs) {
      if (!node.op->is_view())
        layer.activation_bytes += elements(shapes.at(static_cast<size_t>(id))) * size_of(DType::kF32);
    }
    cost.madds += layer.madds;
    cost.parameters += layer.parameters;
    cost.activation_bytes += layer.activation_bytes;
    cost.layers.push_back(std::move(layer));
  }
  return cost;
}

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

}  // namespace lithe
