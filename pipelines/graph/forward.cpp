#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

// Images lie with their channels innermost whatever the caller's layout; everything else is row-major.
Tensor as_activation(const Tensor& t) {
  if (t.rank() != 4 || t.strides() == channels_last_strides(t.shape())) return t.rank() == 4 ? t : t.contiguous();
  Tensor copied = Tensor::channels_last(t.shape());
  copy(t, copied);
  return copied;
}

Tensor allocate(const Port& port, const Shape& shape, const std::vector<Tensor>& inputs) {
  if (is_image(port.dims) || (port.dims == "..." && !inputs.empty() && inputs[0].rank() == 4)) {
    return Tensor::channels_last(shape);
  }
  return Tensor(shape);
}

}  // namespace

std::vector<Tensor> run_node(const Node& node, const std::vector<Tensor>& given) {
  std::vector<Tensor> inputs;
  std::vector<const Shape*> shapes;
  for (size_t i = 0; i < given.size(); ++i) {
    const std::string& dims = node.op->port_of(i).dims;
    const bool activation = is_image(dims) || dims == "...";
    inputs.push_back(given[i].empty() ? Tensor() : activation ? as_activation(given[i]) : given[i].contiguous());
  }
  for (const Tensor& t : inputs) shapes.push_back(t.empty() ? nullptr : &t.shape());
  const Dims dims = node.op->bind(node.attributes, shapes, node.name);
  const std::vector<Shape> output_shapes = node.op->output_shapes(dims, shapes);
  if (node.op->is_view()) {
    if (output_shapes[0] == inputs[0].shape()) return {inputs[0]};
    return {inputs[0].contiguous().reshaped(output_shapes[0])};
  }
  std::vector<Tensor> outputs;
  for (size_t k = 0; k < output_shapes.size(); ++k) {
    outputs.push_back(allocate(node.op->outputs()[k], output_shapes[k], inputs));
  }
  const Kernel& kernel = choose_kernel(node, dims);
  for (const KernelCall& call : prepare(node, kernel, dims, inputs, pack(node, kernel, dims, inputs), outputs)) call();
  return outputs;
}

Pass forward(const Graph& graph, const Parameters& parameters, const std::vector<Tensor>& inputs) {
  LITHE_CHECK(inputs.size() == graph.inputs.size());
  Pass pass;
  pass.graph_ = &graph;
  pass.values_.resize(graph.values.size());
  for (const ValueId id : graph.state()) {
    const auto it = parameters.find(graph.value(id).name);
    if (it == parameters.end()) throw Error(graph.name + ": no parameter \"" + graph.value(id).name + "\"");
    pass.values_[static_cast<size_t>(id)] = it->second;
  }
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
