#include "pipelines/formats/onnx_proto.h"

#include <google/protobuf/io/coded_stream.h>

#include "pipelines/formats/graph_limits.h"
#include "pipelines/formats/text.h"

namespace lithe {
namespace {

constexpr int kDeepestNesting = 24;  // a model without subgraphs nests 8 messages

int64_t checked(int64_t value, const std::string& where) {
  if (value < -limits::kAttribute || value > limits::kAttribute) {
    throw Error(where + ": expected an integer up to 2^24, got " + std::to_string(value) + "; is the file damaged?");
  }
  return value;
}

}  // namespace

onnx::ModelProto parse_model(std::string_view bytes, const std::string& where) {
  constexpr size_t kLargest = 0x7fffffff;  // protobuf's own limit
  if (bytes.size() > kLargest)
    throw Error(where + ": ONNX files hold at most 2 GiB, got " + std::to_string(bytes.size()));
  onnx::ModelProto model;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(kDeepestNesting);
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage() || !model.has_graph()) {
    throw Error(where + ": not an ONNX model, or a damaged one; was the file copied completely?");
  }
  return model;
}

std::string ascii_name(const std::string& name) {
  std::string result = name.substr(0, 200);
  for (char& c : result) c = c > 0x20 && c < 0x7f ? c : '_';
  return result;
}

std::string OnnxNode::where() const {
  const std::string& name = proto_.name().empty() && proto_.output_size() > 0 ? proto_.output(0) : proto_.name();
  return file_ + ": " + printable(type()) + " " + printable(name);
}

void OnnxNode::refuse(const std::string& what) const {
  throw Error(where() + ": " + what + "; `--engine opencv` may run this model");
}

const onnx::AttributeProto* OnnxNode::find(const std::string& name) const {
  for (const onnx::AttributeProto& attribute : proto_.attribute()) {
    if (attribute.name() == name) return &attribute;
  }
  return nullptr;
}

const onnx::AttributeProto* OnnxNode::find(const std::string& name, onnx::AttributeProto::AttributeType type) const {
  const onnx::AttributeProto* attribute = find(name);
  if (attribute != nullptr && attribute->type() != type) {
    throw Error(where() + "." + name + ": expected " + onnx::AttributeProto::AttributeType_Name(type) + ", got " +
                onnx::AttributeProto::AttributeType_Name(attribute->type()));
  }
  return attribute;
}

int64_t OnnxNode::integer(const std::string& name, int64_t otherwise) const {
  const auto* attribute = find(name, onnx::AttributeProto::INT);
  return attribute == nullptr ? otherwise : checked(attribute->i(), where() + "." + name);
}

double OnnxNode::number(const std::string& name, double otherwise) const {
  const auto* attribute = find(name, onnx::AttributeProto::FLOAT);
  return attribute == nullptr ? otherwise : static_cast<double>(attribute->f());
}

std::string OnnxNode::text(const std::string& name, const std::string& otherwise) const {
  const auto* attribute = find(name, onnx::AttributeProto::STRING);
  return attribute == nullptr ? otherwise : attribute->s();
}

std::vector<int64_t> OnnxNode::integers(const std::string& name) const {
  std::vector<int64_t> result;
  const auto* attribute = find(name, onnx::AttributeProto::INTS);
  if (attribute == nullptr) return result;
  for (const int64_t value : attribute->ints()) result.push_back(checked(value, where() + "." + name));
  return result;
}

std::vector<double> OnnxNode::numbers(const std::string& name) const {
  const auto* attribute = find(name, onnx::AttributeProto::FLOATS);
  if (attribute == nullptr) return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}

Tensor OnnxNode::tensor(const std::string& name) const {
  const auto* attribute = find(name, onnx::AttributeProto::TENSOR);
  return attribute == nullptr ? Tensor() : tensor_of(attribute->t(), where() + "." + name);
}

}  // namespace lithe
