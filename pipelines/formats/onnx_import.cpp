#include "pipelines/formats/onnx_import.h"

#include <algorithm>
#include <set>

#include "pipelines/core/file.h"
#include "pipelines/formats/graph_limits.h"
#include "pipelines/formats/onnx_importer.h"
#include "pipelines/formats/text.h"

namespace lithe {
namespace onnx_import {
namespace {

constexpr int64_t kFirstOpset = 7, kLastOpset = 21;
constexpr int kMostInputs = 16;

const Translations& translations() {
  static const Translations table = [] {
    Translations result;
    add_layers(result);
    add_elementwise(result);
    add_shapes(result);
    add_constants(result);
    return result;
  }();
  return table;
}

bool is_standard(const onnx::NodeProto& node) { return node.domain().empty() || node.domain() == "ai.onnx"; }

Translation find_translation(const onnx::NodeProto& node) {
  if (node.domain() == kOwnDomain) {
    const std::vector<std::string> names = op_names();
    return std::count(names.begin(), names.end(), node.op_type()) > 0 ? translate_own : nullptr;
  }
  const auto it = translations().find(node.op_type());
  return is_standard(node) && it != translations().end() ? it->second : nullptr;
}

// All of them in one message, so that one look decides what to do.
void check_operators(const onnx::GraphProto& graph, const std::string& where) {
  std::map<std::string, int> unknown;
  for (const onnx::NodeProto& node : graph.node()) {
    if (find_translation(node) == nullptr) {
      ++unknown[printable(is_standard(node) ? node.op_type() : node.domain() + "." + node.op_type())];
    }
  }
  if (unknown.empty()) return;
  std::string list;
  for (const auto& [name, count] : unknown) {
    list += (list.empty() ? "" : ", ") + name + " (" + std::to_string(count) + ")";
    if (list.size() > 2000) break;
  }
  throw Error(where + ": operators that Lithe does not have: " + list + "; `--engine opencv` may run this model");
}

int64_t opset_of(const onnx::ModelProto& model, const std::string& where) {
  int64_t opset = 1;
  for (const onnx::OperatorSetIdProto& entry : model.opset_import()) {
    if (entry.domain().empty() || entry.domain() == "ai.onnx") opset = entry.version();
  }
  if (opset < kFirstOpset || opset > kLastOpset) {
    throw Error(where + ": expected an operator set from 7 to 21, got " + std::to_string(opset) +
                "; export the model again with opset 13");
  }
  return opset;
}

// N C or N C H W. An open batch counts as 1, and so does a fixed one: Lithe's graphs take any.
Shape input_shape(const onnx::ValueInfoProto& input, const std::string& where) {
  const std::string here = where + ": input " + printable(input.name());
  const auto& type = input.type().tensor_type();
  if (!input.type().has_tensor_type() ||
      (type.elem_type() != onnx::TensorProto::FLOAT && type.elem_type() != onnx::TensorProto::FLOAT16)) {
    throw Error(here + ": expected a tensor of floats; convert the model to float32");
  }
  Shape shape;
  for (const auto& dim : type.shape().dim()) {
    const int64_t extent = shape.empty() ? 1 : dim.dim_value();
    if (extent < 1 || extent > limits::kImageExtent) {
      throw Error(here + ": expected fixed extents up to 65536 after the batch, got " +
                  (dim.dim_param().empty() ? std::to_string(extent) : printable(dim.dim_param())) +
                  "; export the model for one image size");
    }
    shape.push_back(extent);
  }
  if ((shape.size() != 2 && shape.size() != 4) || elements(shape) > limits::kImageElements) {
    throw Error(here + ": expected N x C or an image N x C x H x W, got " + to_string(shape));
  }
  return shape;
}

// Images come as N H W C from some converters, which then turn them first of all.
bool is_channels_last(const onnx::GraphProto& graph, const onnx::ValueInfoProto& input) {
  bool read = false;
  for (const onnx::NodeProto& node : graph.node()) {
    if (std::count(node.input().begin(), node.input().end(), input.name()) == 0) continue;
    read = true;
    if (node.op_type() != "Transpose" || OnnxNode(node, "", 0).integers("perm") != std::vector<int64_t>{0, 3, 1, 2}) {
      return false;
    }
  }
  return read;
}

void read_values(Importer& importer, const onnx::GraphProto& graph, const std::string& where) {
  if (graph.sparse_initializer_size() > 0) throw Error(where + ": sparse initializers are not read");
  std::set<std::string> initializers;
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    Operand operand;
    operand.constant = tensor_of(tensor, where + ": initializer " + printable(tensor.name()));
    operand.shape = operand.constant.shape();
    importer.define(tensor.name(), operand);
    initializers.insert(tensor.name());
  }
  if (graph.input_size() > graph.initializer_size() + kMostInputs) {
    throw Error(where + ": expected at most " + std::to_string(kMostInputs) + " inputs besides the initializers, got " +
                std::to_string(graph.input_size()));
  }
  for (const onnx::ValueInfoProto& input : graph.input()) {
    if (initializers.count(input.name())) continue;  // files of early versions list them among the inputs
    const Shape shape = input_shape(input, where);
    importer.input(input.name(), shape, shape.size() == 4 && is_channels_last(graph, input));
  }
}

OnnxModel translate(const onnx::ModelProto& model, int64_t file_bytes, const std::string& where) {
  const onnx::GraphProto& graph = model.graph();
  const int64_t opset = opset_of(model, where);
  check_operators(graph, where);
  constexpr int64_t kSmall = int64_t{1} << 26;
  Importer importer(graph.name().empty() ? "graph" : ascii_name(graph.name()), where, kSmall + 4 * file_bytes);
  read_values(importer, graph, where);
  for (const onnx::NodeProto& proto : graph.node()) {
    const OnnxNode node(proto, where, opset);
    if (proto.output_size() == 0 || proto.output(0).empty()) throw Error(node.where() + ": has no output");
    importer.define(node.output(), find_translation(proto)(importer, node));
  }
  for (const onnx::ValueInfoProto& output : graph.output()) {
    onnx::NodeProto reader;
    reader.set_op_type("output");
    reader.set_name(output.name());
    reader.add_input(output.name());
    importer.output(OnnxNode(reader, where, opset));
  }
  OnnxModel result = importer.finish();
  result.producer =
      ascii_name(model.producer_name() + (model.producer_version().empty() ? "" : "-" + model.producer_version()));
  return result;
}

}  // namespace

Operand translate_own(Importer& g, const OnnxNode& node) {
  const Op& op = find_op(node.type());
  std::vector<ValueId> inputs;
  for (int i = 0; i < node.inputs(); ++i) {
    if (node.input(i).empty()) {
      inputs.push_back(kNoValue);
    } else if (g.operand(node, i).is_constant()) {
      const std::string& port = op.port_of(static_cast<size_t>(i)).name;
      const bool statistic = (" " + op.gradients() + " ").find(" " + port + " ") == std::string::npos;
      inputs.push_back(g.parameter(node, node.input(i), g.constant(node, i, port), statistic));
    } else {
      inputs.push_back(g.activation(node, i).value);
    }
  }
  Attributes attributes;
  for (const auto& [name, like] : op.attributes()) {
    if (!node.has(name)) continue;
    if (std::holds_alternative<int64_t>(like)) attributes[name] = node.integer(name, 0);
    if (std::holds_alternative<double>(like)) attributes[name] = node.number(name, 0);
    if (std::holds_alternative<std::string>(like)) attributes[name] = node.text(name, "");
    if (std::holds_alternative<std::vector<int64_t>>(like)) attributes[name] = node.integers(name);
    if (std::holds_alternative<std::vector<double>>(like)) attributes[name] = node.numbers(name);
  }
  return g.op(node, node.type(), inputs, attributes);
}

}  // namespace onnx_import

OnnxModel parse_onnx(std::string_view bytes, const std::string& where) {
  return onnx_import::translate(parse_model(bytes, where), static_cast<int64_t>(bytes.size()), where);
}

OnnxModel read_onnx(const std::string& path) {
  const MappedFile file(path);
  return parse_onnx(file.bytes(), path);
}

}  // namespace lithe
