#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

Tensor laid_out(const Tensor& t, bool planar) {
  if (has_layout(t.shape(), t.strides(), planar)) return t;
  Tensor copied = planar ? Tensor(t.shape()) : Tensor::channels_last(t.shape());
  copy(t, copied);
  return copied;
}

// Other layouts than the two of images are nothing that kernels know.
Tensor as_activation(const Tensor& t) { return has_layout(t.shape(), t.strides(), true) ? t : laid_out(t, false); }

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
  const Tensor first = inputs.empty() ? Tensor() : inputs[0];
  const Kernel& kernel = choose_kernel(node, dims, first.shape(), first.strides());
  const bool planar = wants_planar(kernel, first.shape(), first.strides());
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (is_image(node.op->port_of(i).dims)) inputs[i] = laid_out(inputs[i], planar);
  }
  std::vector<Tensor> outputs;
  for (size_t k = 0; k < output_shapes.size(); ++k) {
    const std::string& port = node.op->outputs()[k].dims;
    const bool rows = planar || (!is_image(port) && port != "...");
    outputs.push_back(rows ? Tensor(output_shapes[k]) : Tensor::channels_last(output_shapes[k]));
  }
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
