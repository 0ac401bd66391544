#include "pipelines/graph/forward.h"

#include "pipelines/graph/node_run.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

// Batch and image size are free; the rank, the type and the channels are not.
void check_input(const std::string& network, const Value& value, const Tensor& given, int64_t images) {
  const bool fits = given.dtype() == DType::kF32 && given.rank() == static_cast<int64_t>(value.shape.size()) &&
                    given.rank() > 0 && given.dim(0) == images && images > 0 &&
                    (given.rank() < 2 || given.dim(1) == value.shape[1]);
  if (fits) return;
  std::string expected = "N";
  for (size_t d = 1; d < value.shape.size(); ++d) expected += "x" + (d > 1 ? "any" : std::to_string(value.shape[d]));
  throw Error(network + "." + value.name + ": expected F32 " + expected + ", got " + name_of(given.dtype()) + " " +
              to_string(given.shape()));
}

std::vector<const Shape*> shapes_of(const std::vector<Tensor>& inputs) {
  std::vector<const Shape*> shapes;
  for (const Tensor& t : inputs) shapes.push_back(t.empty() ? nullptr : &t.shape());
  return shapes;
}

}  // namespace

std::vector<Tensor> run_node(const Node& node, const Dims& dims, const std::vector<Tensor>& inputs) {
  return NodeRun(!dims.has("seed"))(node, dims, inputs);  // a seed is never seen again
}

std::vector<Tensor> run_node(const Node& node, const std::vector<Tensor>& inputs) {
  return NodeRun(false)(node, node.op->bind(node.attributes, shapes_of(inputs), node.name), inputs);
}

void check_inputs(const Graph& graph, const std::vector<Tensor>& inputs) {
  if (inputs.size() != graph.inputs.size()) {
    throw Error(graph.name + ": expected " + std::to_string(graph.inputs.size()) + " inputs, got " +
                std::to_string(inputs.size()));
  }
  const int64_t images = inputs[0].rank() > 0 ? inputs[0].dim(0) : 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    check_input(graph.name, graph.value(graph.inputs[i]), inputs[i], images);
  }
}

std::vector<Tensor> state_values(const Graph& graph, const Parameters& parameters) {
  std::vector<Tensor> values(graph.values.size());
  for (const ValueId id : graph.state()) {
    const Value& value = graph.value(id);
    const auto it = parameters.find(value.name);
    if (it == parameters.end()) throw Error(graph.name + ": no parameter \"" + value.name + "\"");
    if (it->second.shape() != value.shape) {
      throw Error(graph.name + ": parameter \"" + value.name + "\" is " + to_string(it->second.shape()) +
                  ", expected " + to_string(value.shape));
    }
    values[static_cast<size_t>(id)] = it->second;
  }
  return values;
}

Pass forward(const Graph& graph, const Parameters& parameters, const std::vector<Tensor>& inputs) {
  LITHE_CHECK(inputs.size() == graph.inputs.size());
  Pass pass;
  pass.graph_ = &graph;
  pass.values_ = state_values(graph, parameters);
  for (size_t i = 0; i < inputs.size(); ++i) pass.values_[static_cast<size_t>(graph.inputs[i])] = inputs[i];
  for (const Node& node : graph.nodes) {
    std::vector<Tensor> values;
    for (const ValueId id : node.inputs) values.push_back(id == kNoValue ? Tensor() : pass.value(id));
    const std::vector<Tensor> outputs = run_node(node, values);
    for (size_t k = 0; k < outputs.size(); ++k) pass.values_[static_cast<size_t>(node.outputs[k])] = outputs[k];
  }
  return pass;
}

}  // namespace lithe
