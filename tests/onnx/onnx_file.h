#pragma once
// ONNX files written by hand.

#include <string>
#include <vector>

#include "onnx/onnx.pb.h"
#include "pipelines/core/random.h"
#include "pipelines/graph/onnx_rule.h"

namespace lithe {

inline Tensor random_tensor(const Shape& shape, uint64_t seed = 1) {
  const RandomStream random(seed, to_string(shape));
  Tensor t(shape);
  for (int64_t i = 0; i < t.size(); ++i)
    t.data()[i] = static_cast<float>(2 * random.uniform(static_cast<uint64_t>(i)) - 1);
  return t;
}

using Ints = std::vector<int64_t>;

/// A model in which the value `x` of the given shape goes through `nodes` and comes out as `y`.
struct OnnxFile {
  OnnxFile(const Shape& input, const std::vector<OnnxOperator>& nodes, int64_t opset = 11) {
    proto.set_ir_version(6);
    proto.add_opset_import()->set_version(opset);
    proto.mutable_graph()->set_name("by hand");
    describe(proto.mutable_graph()->add_input(), "x", input);
    describe(proto.mutable_graph()->add_output(), "y", {});
    for (const OnnxOperator& node : nodes) add(node);
  }

  void add(const OnnxOperator& op) {
    onnx::NodeProto* node = proto.mutable_graph()->add_node();
    node->set_op_type(op.type);
    node->set_domain(op.domain);
    for (const std::string& name : op.inputs) node->add_input(name);
    for (const std::string& name : op.outputs) node->add_output(name);
    for (const auto& [name, value] : op.attributes) {
      onnx::AttributeProto* attribute = node->add_attribute();
      attribute->set_name(name);
      if (const auto* integers = std::get_if<Ints>(&value)) {
        attribute->set_type(onnx::AttributeProto::INTS);
        for (const int64_t integer : *integers) attribute->add_ints(integer);
      } else if (const auto* integer = std::get_if<int64_t>(&value)) {
        attribute->set_type(onnx::AttributeProto::INT);
        attribute->set_i(*integer);
      } else if (const auto* number = std::get_if<double>(&value)) {
        attribute->set_type(onnx::AttributeProto::FLOAT);
        attribute->set_f(static_cast<float>(*number));
      } else {
        attribute->set_type(onnx::AttributeProto::STRING);
        attribute->set_s(std::get<std::string>(value));
      }
    }
  }

  OnnxFile& floats(const std::string& name, const Tensor& values) {
    onnx::TensorProto* tensor = initializer(name, values.shape(), onnx::TensorProto::FLOAT);
    for (int64_t i = 0; i < values.size(); ++i) tensor->add_float_data(values.data()[i]);
    return *this;
  }
  OnnxFile& integers(const std::string& name, const std::vector<int64_t>& values) {
    onnx::TensorProto* tensor = initializer(name, {static_cast<int64_t>(values.size())}, onnx::TensorProto::INT64);
    for (const int64_t value : values) tensor->add_int64_data(value);
    return *this;
  }
  onnx::TensorProto* initializer(const std::string& name, const Shape& shape, int type) {
    onnx::TensorProto* tensor = proto.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(type);
    for (const int64_t extent : shape) tensor->add_dims(extent);
    return tensor;
  }
  std::string bytes() const { return proto.SerializeAsString(); }

  static void describe(onnx::ValueInfoProto* value, const std::string& name, const Shape& shape) {
    value->set_name(name);
    auto* type = value->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    auto* dims = type->mutable_shape();  // OpenCV wants one, be it empty
    for (const int64_t extent : shape) dims->add_dim()->set_dim_value(extent);
  }

  onnx::ModelProto proto;
};

}  // namespace lithe
