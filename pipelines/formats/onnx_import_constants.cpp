#include <algorithm>

#include "pipelines/formats/onnx_importer.h"

namespace lithe::onnx_import {
namespace {

Operand operand_of(const Tensor& constant) {
  Operand result;
  result.constant = constant;
  result.shape = constant.shape();
  return result;
}

Operand operand_of(const std::vector<int64_t>& values, bool scalar = false) {
  Tensor tensor(scalar ? Shape{} : Shape{static_cast<int64_t>(values.size())}, DType::kI64);
  std::copy(values.begin(), values.end(), tensor.data<int64_t>());
  return operand_of(tensor);
}

Operand constant(Importer&, const OnnxNode& node) {
  const Tensor value = node.tensor("value");
  if (!value.empty()) return operand_of(value);
  if (node.has("value_float")) return operand_of(Tensor::of({}, {static_cast<float>(node.number("value_float", 0))}));
  if (node.has("value_int")) return operand_of({node.integer("value_int", 0)}, /*scalar=*/true);
  if (node.has("value_ints")) return operand_of(node.integers("value_ints"));
  node.refuse("a value that is neither a tensor nor a number");
}

Operand shape_of(Importer& g, const OnnxNode& node) {
  const Operand& x = g.operand(node, 0);
  if (x.is_padded()) node.refuse("of a padded image");
  return operand_of(x.shape);
}

Operand gather(Importer& g, const OnnxNode& node) {
  const std::vector<int64_t> from = g.integers(node, 0, "data");
  const Operand& index = g.operand(node, 1);
  if (g.operand(node, 0).shape.size() != 1 || node.integer("axis", 0) != 0) node.refuse("from anything but a shape");
  std::vector<int64_t> result;
  for (int64_t i : g.integers(node, 1, "indices")) {
    i += i < 0 ? static_cast<int64_t>(from.size()) : 0;
    if (i < 0 || i >= static_cast<int64_t>(from.size())) throw Error(node.where() + ": an index lies outside the data");
    result.push_back(from[static_cast<size_t>(i)]);
  }
  return operand_of(result, index.shape.empty());
}

// Between numbers of different widths; constants are held as float32 or int64.
Operand cast(Importer& g, const OnnxNode& node) {
  const Operand& x = g.operand(node, 0);
  if (!x.is_constant()) node.refuse("of an activation");
  const int64_t to = node.integer("to", 0);
  const bool floating = to == onnx::TensorProto::FLOAT || to == onnx::TensorProto::DOUBLE;
  const bool integer = to == onnx::TensorProto::INT64 || to == onnx::TensorProto::INT32;
  if ((x.constant.dtype() == DType::kF32 && floating) || (x.constant.dtype() == DType::kI64 && integer)) return x;
  node.refuse("from " + std::string(name_of(x.constant.dtype())) + " to ONNX type " + std::to_string(to));
}

}  // namespace

Operand concat_constants(Importer& g, const OnnxNode& node) {
  std::vector<int64_t> values;
  for (int i = 0; i < node.inputs(); ++i) {
    const std::vector<int64_t> part = g.integers(node, i, "input");
    values.insert(values.end(), part.begin(), part.end());
  }
  return operand_of(values);
}

void add_constants(Translations& table) {
  table["Constant"] = constant;
  table["Shape"] = shape_of;
  table["Gather"] = gather;
  table["Cast"] = cast;
}

}  // namespace lithe::onnx_import
