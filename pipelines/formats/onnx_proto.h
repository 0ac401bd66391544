#pragma once
// Checked access to the messages of an ONNX file. Nothing in them is trusted.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/onnx.pb.h"
#include "pipelines/core/tensor.h"

namespace lithe {

/// The domain of our own operators.
constexpr const char* kOwnDomain = "lithe";

/// Parses with bounds on size and nesting. Throws Error if the bytes are no ONNX model.
onnx::ModelProto parse_model(std::string_view bytes, const std::string& where);

/// A name as values of a graph, JSON and files take it: at most 200 printable ASCII characters.
std::string ascii_name(const std::string& name);

/// An initializer or constant as float32 (any floating type) or int64 (any integer type), row-major. Its data must lie
/// in the file and have exactly the size that its dimensions say.
Tensor tensor_of(const onnx::TensorProto& proto, const std::string& where);
onnx::TensorProto proto_of(const Tensor& tensor, const std::string& name);

/// A node and its attributes. The getters throw Error on an attribute of another type, or an integer that no layer has
/// any use for (beyond 2^24), so that arithmetic on extents cannot overflow.
class OnnxNode {
 public:
  OnnxNode(const onnx::NodeProto& proto, std::string file, int64_t opset)
      : proto_(proto), file_(std::move(file)), opset_(opset) {}

  int64_t opset() const { return opset_; }
  const std::string& type() const { return proto_.op_type(); }
  const std::string& output() const { return proto_.output(0); }
  int inputs() const { return proto_.input_size(); }
  /// The name of input i; empty where an optional one is absent.
  std::string input(int i) const { return i < proto_.input_size() ? proto_.input(i) : std::string(); }

  bool has(const std::string& name) const { return find(name) != nullptr; }
  int64_t integer(const std::string& name, int64_t otherwise) const;
  double number(const std::string& name, double otherwise) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  /// Empty if the attribute is absent.
  std::vector<int64_t> integers(const std::string& name) const;
  std::vector<double> numbers(const std::string& name) const;
  Tensor tensor(const std::string& name) const;

  /// `file: Conv "name"`, the start of every message.
  std::string where() const;
  /// For what the standard allows and Lithe cannot run.
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  const onnx::AttributeProto* find(const std::string& name) const;
  const onnx::AttributeProto* find(const std::string& name, onnx::AttributeProto::AttributeType type) const;

  const onnx::NodeProto& proto_;
  std::string file_;
  int64_t opset_;
};

}  // namespace lithe
