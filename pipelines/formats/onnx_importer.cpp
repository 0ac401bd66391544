#include "pipelines/formats/onnx_importer.h"

#include "pipelines/formats/graph_limits.h"
#include "pipelines/formats/text.h"

namespace lithe::onnx_import {
namespace {

constexpr int64_t kLargestInteger = int64_t{1} << 40;  // in lists: extents, axes, paddings

}  // namespace

const Operand& Importer::operand(const OnnxNode& node, int i) const {
  const std::string name = node.input(i);
  const auto it = operands_.find(name);
  if (it == operands_.end()) {
    const std::string what = name.empty() ? " is missing" : " (" + printable(name) + ") is given by no earlier node";
    throw Error(node.where() + ": input " + std::to_string(i) + what + "; is the file damaged?");
  }
  return it->second;
}

Operand Importer::padded_activation(const OnnxNode& node, int i) {
  Operand x = operand(node, i);
  if (x.is_constant())
    node.refuse("input " + printable(node.input(i)) + " is a constant where an activation is expected");
  if (x.channels_last) node.refuse(printable(node.input(i)) + " lies in the order N H W C; expected N C H W");
  const Shape& held = builder_.shape(x.value);
  if (x.shape == held) return x;
  if (x.shape.size() == 2 && x.shape[0] == held[0]) {
    const auto known = flattened_.find(x.value);
    x.value = known != flattened_.end() ? known->second
                                        : flattened_[x.value] = add(node, node.input(i), "flatten", {x.value}, {});
    return x;
  }
  Shape trimmed = x.shape;
  while (trimmed.size() > held.size() && trimmed.back() == 1) trimmed.pop_back();
  if (trimmed != held || x.shape.size() > 4) {
    node.refuse("the shape " + to_string(x.shape) + " of " + printable(node.input(i)) +
                " is neither N x C nor that of an image");
  }
  return x;
}

Operand Importer::activation(const OnnxNode& node, int i) {
  Operand x = padded_activation(node, i);
  if (x.is_padded()) node.refuse("a Pad before it; expected a Pad only before a convolution or a pooling");
  return x;
}

const Tensor& Importer::constant(const OnnxNode& node, int i, const std::string& what) const {
  const Operand& x = operand(node, i);
  if (!x.is_constant()) node.refuse(what + " (" + printable(node.input(i)) + ") is computed; expected a constant");
  if (x.constant.dtype() != DType::kF32) throw Error(node.where() + ": " + what + ": expected floats, got integers");
  return x.constant;
}

std::vector<int64_t> Importer::integers(const OnnxNode& node, int i, const std::string& attribute) const {
  if (node.input(i).empty()) return node.integers(attribute);
  const Operand& x = operand(node, i);
  if (!x.is_constant() || x.constant.dtype() != DType::kI64) {
    node.refuse(attribute + " (" + printable(node.input(i)) + ") is computed; expected constant integers");
  }
  const std::vector<int64_t> result(x.constant.data<int64_t>(), x.constant.data<int64_t>() + x.constant.size());
  for (const int64_t value : result) {
    if (value < -kLargestInteger || value > kLargestInteger) {
      throw Error(node.where() + ": " + attribute + ": " + std::to_string(value) +
                  " is out of range; is the file damaged?");
    }
  }
  return result;
}

double Importer::number(const OnnxNode& node, int i, const std::string& attribute, double otherwise) const {
  if (node.input(i).empty()) return node.number(attribute, otherwise);
  const Tensor& given = constant(node, i, attribute);
  if (given.size() != 1) node.refuse(attribute + ": expected one number, got the shape " + to_string(given.shape()));
  return static_cast<double>(given.data()[0]);
}

std::string Importer::unused_name(const std::string& wish) {
  const std::string clean = ascii_name(wish);
  std::string name = clean;
  while (names_.count(name) > 0) name = clean + "#" + std::to_string(++names_[clean]);
  names_[name] = 1;
  return name;
}

ValueId Importer::parameter(const OnnxNode& node, const std::string& name, const Tensor& tensor, bool statistic) {
  const auto known = parameter_ids_.find(name);
  if (known != parameter_ids_.end() && builder_.shape(known->second) == tensor.shape()) return known->second;
  if (tensor.size() == 0) throw Error(node.where() + ": " + printable(name) + " holds no elements");
  budget_ -= tensor.bytes();
  if (budget_ < 0)
    throw Error(node.where() + ": the parameters need far more memory than the file holds; is it damaged?");
  const std::string own = unused_name(name);
  const ValueId id =
      statistic ? builder_.statistic(own, tensor.shape(), {}) : builder_.parameter(own, tensor.shape(), {});
  parameters_[own] = tensor;
  return parameter_ids_[name] = id;
}

ValueId Importer::add(const OnnxNode& node, const std::string& name, const std::string& op,
                      const std::vector<ValueId>& inputs, const Attributes& attributes) {
  ValueId id;
  try {
    id = builder_.op(op, unused_name(name), inputs, attributes);
  } catch (const Error& error) {  // the contract's message names the port; ours adds the file and its operator
    throw Error(node.where() + ": " + error.what());
  }
  if (elements(builder_.shape(id)) > limits::kValueElements) {
    throw Error(node.where() + ": the result " + to_string(builder_.shape(id)) + " has more than 2^31 elements");
  }
  return id;
}

Operand Importer::op(const OnnxNode& node, const std::string& op, const std::vector<ValueId>& inputs,
                     const Attributes& attributes) {
  Operand result;
  result.value = add(node, node.output(), op, inputs, attributes);
  result.shape = builder_.shape(result.value);
  // What ONNX sees as N x C x 1 x 1, as after its global pooling, the graph may hold as N x C.
  const Operand& first = operand(node, 0);
  while (!first.is_constant() && result.shape.size() < first.shape.size()) result.shape.push_back(1);
  return result;
}

Operand Importer::affine(const OnnxNode& node, const Operand& x, const Tensor& scale, const Tensor& shift) {
  const Shape channels{builder_.channels(x.value)};
  const auto state = [&](const char* suffix, const Tensor& tensor, bool statistic) {
    return parameter(node, node.output() + suffix, tensor, statistic);
  };
  return op(node, "batch_norm",
            {x.value, state(".scale", scale, false), state(".shift", shift, false),
             state(".mean", Tensor::filled(channels, 0.0f), true), state(".var", Tensor::filled(channels, 1.0f), true)},
            {{"eps", 0.0}});
}

void Importer::input(const std::string& name, const Shape& onnx_shape, bool channels_last) {
  Operand x;
  x.shape = onnx_shape;
  x.channels_last = channels_last;
  const Shape held = channels_last ? Shape{onnx_shape[0], onnx_shape[3], onnx_shape[1], onnx_shape[2]} : onnx_shape;
  x.value = builder_.input(unused_name(name), held);
  ++inputs_;
  define(name, x);
}

void Importer::output(const OnnxNode& reader) {
  builder_.output(activation(reader, 0).value);
  ++outputs_;
}

void Importer::define(const std::string& name, Operand operand) {
  if (!operands_.emplace(name, std::move(operand)).second) {
    throw Error(file_ + ": the value " + printable(name) + " is defined twice; is the file damaged?");
  }
}

OnnxModel Importer::finish() {
  if (inputs_ == 0 || outputs_ == 0) throw Error(file_ + ": expected at least one input and one output");
  return {builder_.finish(), std::move(parameters_), {}};
}

}  // namespace lithe::onnx_import
