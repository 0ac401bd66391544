#include "pipelines/graph/graph.h"

#include <unordered_set>

namespace lithe {
namespace {

std::vector<const Shape*> shapes_of(const Node& node, const std::vector<Shape>& shapes) {
  std::vector<const Shape*> result;
  for (const ValueId id : node.inputs) result.push_back(id == kNoValue ? nullptr : &shapes[static_cast<size_t>(id)]);
  return result;
}

}  // namespace

std::string join(const std::string& scope, const std::string& name) {
  return scope.empty() ? name : scope + "." + name;
}

ValueId Graph::find(const std::string& value_name) const {
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].name == value_name) return static_cast<ValueId>(i);
  }
  return kNoValue;
}

std::vector<ValueId> Graph::state() const {
  std::vector<ValueId> result;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_state()) result.push_back(static_cast<ValueId>(i));
  }
  return result;
}

int64_t Graph::parameter_count() const {
  int64_t count = 0;
  for (const Value& v : values) count += v.kind == ValueKind::kParameter ? elements(v.shape) : 0;
  return count;
}

std::vector<Shape> input_shapes(const Graph& graph, int64_t batch) {
  std::vector<Shape> result;
  for (const ValueId id : graph.inputs) {
    result.push_back(graph.value(id).shape);
    result.back().at(0) = batch;
  }
  return result;
}

std::vector<Shape> infer_shapes(const Graph& graph, const std::vector<Shape>& inputs) {
  LITHE_CHECK(inputs.size() == graph.inputs.size());
  std::vector<Shape> shapes(graph.values.size());
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (graph.values[i].is_state()) shapes[i] = graph.values[i].shape;
  }
  for (size_t i = 0; i < inputs.size(); ++i) shapes[static_cast<size_t>(graph.inputs[i])] = inputs[i];
  for (const Node& node : graph.nodes) {
    const std::vector<Shape> outputs = output_shapes(node, shapes);
    for (size_t k = 0; k < outputs.size(); ++k) shapes[static_cast<size_t>(node.outputs[k])] = outputs[k];
  }
  return shapes;
}

Dims bind_dims(const Node& node, const std::vector<Shape>& shapes) {
  return node.op->bind(node.attributes, shapes_of(node, shapes), node.name);
}

std::vector<Shape> output_shapes(const Node& node, const std::vector<Shape>& shapes) {
  return node.op->output_shapes(bind_dims(node, shapes), shapes_of(node, shapes));
}

Madds total_madds(const Graph& graph) {
  const std::vector<Shape> shapes = infer_shapes(graph, input_shapes(graph, 1));
  Madds total;
  for (const Node& node : graph.nodes) total += node.op->madds(bind_dims(node, shapes));
  return total;
}

ValueId GraphBuilder::add(Value value) {
  graph_.values.push_back(std::move(value));
  return static_cast<ValueId>(graph_.values.size() - 1);
}

ValueId GraphBuilder::input(const std::string& name, Shape shape) {
  const ValueId id = add({name, ValueKind::kInput, std::move(shape), {}});
  graph_.inputs.push_back(id);
  return id;
}

ValueId GraphBuilder::parameter(const std::string& name, Shape shape, Init init) {
  return add({name, ValueKind::kParameter, std::move(shape), init});
}

ValueId GraphBuilder::statistic(const std::string& name, Shape shape, Init init) {
  return add({name, ValueKind::kStatistic, std::move(shape), init});
}

ValueId GraphBuilder::op(const std::string& op, const std::string& name, std::vector<ValueId> inputs,
                         Attributes attributes) {
  Node node;
  node.op = &find_op(op);
  node.name = name;
  node.inputs = std::move(inputs);
  node.attributes = node.op->complete(attributes, name);
  std::vector<const Shape*> shapes;
  for (const ValueId id : node.inputs) shapes.push_back(id == kNoValue ? nullptr : &graph_.value(id).shape);
  const Dims dims = node.op->bind(node.attributes, shapes, name);
  const std::vector<Shape> outputs = node.op->output_shapes(dims, shapes);
  for (size_t k = 0; k < outputs.size(); ++k) {
    const std::string value_name = k == 0 ? name : name + ":" + node.op->outputs()[k].name;
    node.outputs.push_back(add({value_name, ValueKind::kActivation, outputs[k], {}}));
  }
  graph_.nodes.push_back(std::move(node));
  return graph_.nodes.back().outputs.front();
}

Graph GraphBuilder::finish() {
  LITHE_CHECK(!graph_.inputs.empty() && !graph_.outputs.empty());
  std::unordered_set<std::string> names;
  for (const Value& value : graph_.values) {
    if (!names.insert(value.name).second) {
      throw Error(ErrorKind::kInternal, graph_.name + ": two values are named \"" + value.name + "\"");
    }
  }
  return std::move(graph_);
}

}  // namespace lithe
