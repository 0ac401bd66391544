#include "pipelines/formats/onnx_export.h"

#include <algorithm>

#include "pipelines/formats/onnx_proto.h"
#include "pipelines/graph/onnx_rule.h"

namespace lithe {
namespace {

constexpr int64_t kOpset = 10, kIrVersion = 5;

void check_rules(const Graph& graph, const OnnxExportOptions& options) {
  std::set<std::string> missing;
  for (const Node& node : graph.nodes) {
    const std::string& op = node.op->name();
    if (options.own.count(op) == 0 && find_onnx_rule(op) == nullptr) missing.insert(op);
  }
  if (missing.empty()) return;
  std::string list;
  for (const std::string& op : missing) list += (list.empty() ? "" : ", ") + op;
  throw Error(graph.name + ": operators without an ONNX form: " + list + "; export the graph before rewrites");
}

// The names that values have in the file; operators without effect in inference share their input's.
using Names = std::vector<std::string>;

void write_node(OnnxWriter& writer, const Graph& graph, const Node& node, const std::vector<Shape>& shapes, bool own,
                Names& names) {
  const Dims dims = bind_dims(node, shapes);
  OnnxCall call{node, dims, {}, {}, shapes[static_cast<size_t>(node.outputs[0])]};
  for (const ValueId id : node.inputs) {
    call.inputs.push_back(id == kNoValue ? std::string() : names[static_cast<size_t>(id)]);
    call.shapes.push_back(id == kNoValue ? Shape() : shapes[static_cast<size_t>(id)]);
  }
  writer.scope = node.name;
  const size_t first = writer.operators.size();
  if (own) {
    writer.op(node.op->name(), call.inputs, node.attributes);
    writer.operators.back().domain = kOwnDomain;
  }
  const std::string written =
      own ? writer.operators.back().outputs.front() : find_onnx_rule(node.op->name())(writer, call);
  const size_t output = static_cast<size_t>(node.outputs.front());
  names[output] = writer.rename(first, written, graph.values[output].name) ? graph.values[output].name : written;
}

// Reshapes that later ones have replaced.
void remove_unread(std::vector<OnnxOperator>& operators, const std::set<std::string>& outputs) {
  std::set<std::string> read = outputs;
  for (size_t i = operators.size(); i-- > 0;) {
    const OnnxOperator& op = operators[i];
    const bool needed = std::any_of(op.outputs.begin(), op.outputs.end(), [&](auto& name) { return read.count(name); });
    if (needed) {
      read.insert(op.inputs.begin(), op.inputs.end());
    } else {
      operators.erase(operators.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
}

void set_attribute(onnx::AttributeProto* to, const Attribute& from) {
  if (const auto* integer = std::get_if<int64_t>(&from)) {
    to->set_type(onnx::AttributeProto::INT);
    to->set_i(*integer);
  } else if (const auto* number = std::get_if<double>(&from)) {
    to->set_type(onnx::AttributeProto::FLOAT);
    to->set_f(static_cast<float>(*number));
  } else if (const auto* text = std::get_if<std::string>(&from)) {
    to->set_type(onnx::AttributeProto::STRING);
    to->set_s(*text);
  } else if (const auto* integers = std::get_if<std::vector<int64_t>>(&from)) {
    to->set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : *integers) to->add_ints(value);
  } else {
    to->set_type(onnx::AttributeProto::FLOATS);
    for (const double value : std::get<std::vector<double>>(from)) to->add_floats(static_cast<float>(value));
  }
}

void add_operator(onnx::GraphProto* graph, const OnnxOperator& op) {
  onnx::NodeProto* node = graph->add_node();
  node->set_op_type(op.type);
  node->set_name(op.outputs.front());
  if (!op.domain.empty()) node->set_domain(op.domain);
  for (const std::string& name : op.inputs) node->add_input(name);
  for (const std::string& name : op.outputs) node->add_output(name);
  for (const auto& [name, value] : op.attributes) {
    onnx::AttributeProto* attribute = node->add_attribute();
    attribute->set_name(name);
    set_attribute(attribute, value);
  }
}

void describe(onnx::ValueInfoProto* value, const std::string& name, const Shape& shape, int64_t batch) {
  value->set_name(name);
  auto* type = value->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  for (size_t i = 0; i < shape.size(); ++i) {
    auto* dim = type->mutable_shape()->add_dim();
    if (i == 0 && batch == 0) {
      dim->set_dim_param("N");
    } else {
      dim->set_dim_value(i == 0 ? batch : shape[i]);
    }
  }
}

void add_initializers(onnx::GraphProto* to, const std::map<std::string, Tensor>& tensors,
                      const std::set<std::string>& read) {
  for (const auto& [name, tensor] : tensors) {
    if (read.count(name)) *to->add_initializer() = proto_of(tensor, name);
  }
}

}  // namespace

OnnxExportOptions for_opencv() {
  OnnxExportOptions options;
  options.own = {"larger_head"};
  return options;
}

std::string export_onnx(const Graph& graph, const Parameters& parameters, const OnnxExportOptions& options) {
  check_rules(graph, options);
  const std::vector<Shape> shapes = infer_shapes(graph, input_shapes(graph, 1));
  OnnxWriter writer;
  Names names;
  for (const Value& value : graph.values) names.push_back(value.name);
  for (const Node& node : graph.nodes) {
    write_node(writer, graph, node, shapes, options.own.count(node.op->name()) > 0, names);
  }

  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("Lithe");
  model.add_opset_import()->set_version(kOpset);
  if (!options.own.empty()) {
    auto* own = model.add_opset_import();
    own->set_domain(kOwnDomain);
    own->set_version(1);
  }
  onnx::GraphProto* to = model.mutable_graph();
  to->set_name(graph.name);
  for (const ValueId id : graph.inputs) {
    describe(to->add_input(), graph.value(id).name, shapes[static_cast<size_t>(id)], options.batch);
  }
  std::set<std::string> outputs, read;
  for (const ValueId id : graph.outputs) {
    outputs.insert(names[static_cast<size_t>(id)]);
    describe(to->add_output(), names[static_cast<size_t>(id)], shapes[static_cast<size_t>(id)], options.batch);
  }
  remove_unread(writer.operators, outputs);
  for (const OnnxOperator& op : writer.operators) {
    add_operator(to, op);
    read.insert(op.inputs.begin(), op.inputs.end());
  }
  add_initializers(to, parameters, read);
  add_initializers(to, writer.constants, read);
  std::string bytes;
  if (!model.SerializeToString(&bytes)) throw Error(graph.name + ": too large for an ONNX file (2 GiB)");
  return bytes;
}

}  // namespace lithe
