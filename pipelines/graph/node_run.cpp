#include "pipelines/graph/node_run.h"

#include <algorithm>

namespace lithe {
namespace {

bool is_activation(const std::string& port_dims) { return is_image(port_dims) || port_dims == "..."; }

// Other layouts than the two of images are nothing that kernels know.
Shape known_strides(const Tensor& t) {
  return has_layout(t.shape(), t.strides(), true) ? t.strides() : layout_strides(t.shape(), false);
}

}  // namespace

bool NodeRun::is_laid_out_for(const std::vector<Tensor>& given) const {
  return std::equal(given.begin(), given.end(), given_.begin(), given_.end(), [](const Tensor& t, const auto& layout) {
    return t.shape() == layout.first && t.strides() == layout.second;
  });
}

void NodeRun::lay_out(const Node& node, const Dims& dims, const std::vector<Tensor>& given) {
  given_.clear(), inputs_.clear(), planar_outputs_.clear(), places_.clear();
  std::vector<const Shape*> shapes;
  for (const Tensor& t : given) {
    given_.emplace_back(t.shape(), t.strides());
    shapes.push_back(t.empty() ? nullptr : &t.shape());
  }
  output_shapes_ = node.op->output_shapes(dims, shapes);
  bool planar = false;
  if (!node.op->is_view()) {
    const Tensor first = given.empty() ? Tensor() : given[0];
    kernel_ = &choose_kernel(node, dims, first.shape(), known_strides(first));
    planar = wants_planar(*kernel_, first.shape(), known_strides(first));
  }
  for (size_t i = 0; i < given.size(); ++i) {
    const Port& port = node.op->port_of(i);
    const bool is_packed = kernel_ != nullptr && kernel_->pack.count(port.name) > 0;  // from any order
    inputs_.push_back(is_packed                                    ? Form::kAsGiven
                      : !is_activation(port.dims)                  ? Form::kRowMajor
                      : kernel_ == nullptr || !is_image(port.dims) ? Form::kAsItLies
                      : planar                                     ? Form::kPlanar
                                                                   : Form::kChannelsLast);
  }
  for (const Port& port : node.op->outputs()) planar_outputs_.push_back(planar || !is_activation(port.dims));
}

// Names are looked up in the first call only.
void NodeRun::call(const Node& node, const Dims& dims, const std::vector<Tensor>& inputs,
                   const std::vector<Tensor>& outputs) {
  const PortTensors packed = pack(node, *kernel_, dims, inputs);
  const bool is_first = places_.empty();
  if (is_first) {
    size_t count = 0;
    each_call(
        node, *kernel_, dims, inputs, packed, outputs, nullptr,
        [&](const Dims& of_call, const PortTensors& ports) { calls_.call(count++, node, *kernel_, of_call, ports); });
    if (kernel_->per_value) return;
  }
  KernelCall& call = calls_.last(0);
  size_t k = 0;
  const auto take = [&](const std::string& port, const Tensor& tensor) {
    if (is_first)
      places_.push_back(call.place_of(port));
    else
      call.point(places_[k++], tensor);
  };
  for (size_t i = 0; i < inputs.size(); ++i) take(node.op->port_of(i).name, inputs[i]);
  for (const auto& [port, tensor] : packed) take(port, tensor);
  for (size_t i = 0; i < outputs.size(); ++i) take(node.op->outputs()[i].name, outputs[i]);
  if (!is_first) call();
}

std::vector<Tensor> NodeRun::operator()(const Node& node, const Dims& dims, const std::vector<Tensor>& given) {
  if (given_.empty() || !is_laid_out_for(given)) lay_out(node, dims, given);
  std::vector<Tensor> inputs;
  inputs.reserve(given.size());
  for (size_t i = 0; i < given.size(); ++i) {
    const Tensor& t = given[i];
    const bool planar = inputs_[i] == Form::kPlanar || (inputs_[i] == Form::kAsItLies && t.row_major());
    inputs.push_back(t.empty() || inputs_[i] == Form::kAsGiven ? t
                     : inputs_[i] == Form::kRowMajor           ? t.contiguous()
                                                               : laid_out(t, planar));
  }
  if (kernel_ == nullptr) {
    if (output_shapes_[0] == inputs[0].shape()) return {inputs[0]};
    return {inputs[0].contiguous().reshaped(output_shapes_[0])};
  }
  std::vector<Tensor> outputs;
  outputs.reserve(output_shapes_.size());
  for (size_t k = 0; k < output_shapes_.size(); ++k)
    outputs.push_back(pooled_tensor(output_shapes_[k], planar_outputs_[k]));
  call(node, dims, inputs, outputs);
  return outputs;
}

}  // namespace lithe
