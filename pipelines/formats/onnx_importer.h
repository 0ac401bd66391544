#pragma once
// The inside of onnx_import.h: what the translations of the single operators share.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "pipelines/formats/onnx_import.h"
#include "pipelines/formats/onnx_proto.h"

namespace lithe::onnx_import {

/// What the name of an ONNX value stands for: a constant, or an activation of the graph. ONNX reshapes freely, so the
/// shape there and in the graph may differ; the elements are the same, in row-major order unless `channels_last`.
struct Operand {
  Tensor constant;               // float32 or int64, or
  ValueId value = kNoValue;      // the activation that holds the elements
  Shape shape;                   // in ONNX
  std::array<int64_t, 4> pad{};  // zeros around the image that the next layer has to add: top, left, bottom, right
  bool channels_last = false;    // ONNX sees N H W C, the graph holds N C H W

  bool is_constant() const { return value == kNoValue; }
  bool is_padded() const { return pad != std::array<int64_t, 4>{}; }
};

class Importer {
 public:
  /// `parameter_bytes` bounds the memory that parameters may take.
  Importer(const std::string& name, std::string file, int64_t parameter_bytes)
      : builder_(name), file_(std::move(file)), budget_(parameter_bytes) {}

  // ---- operands of a node
  const Operand& operand(const OnnxNode& node, int i) const;
  /// Input i as an activation that operators can read: N C or N C H W, nothing left to pad. Emits a flatten where ONNX
  /// sees a matrix and the graph still holds images.
  Operand activation(const OnnxNode& node, int i);
  /// The same, with the padding left to the caller.
  Operand padded_activation(const OnnxNode& node, int i);
  const Tensor& constant(const OnnxNode& node, int i, const std::string& what) const;
  /// A list of integers: input i, or the attribute that held it in other opsets. Empty if neither is there.
  std::vector<int64_t> integers(const OnnxNode& node, int i, const std::string& attribute) const;
  /// One number, likewise.
  double number(const OnnxNode& node, int i, const std::string& attribute, double otherwise) const;

  // ---- writing the graph
  ValueId parameter(const OnnxNode& node, const std::string& name, const Tensor& tensor, bool statistic = false);
  /// One operator that gives the node's output.
  Operand op(const OnnxNode& node, const std::string& op, const std::vector<ValueId>& inputs,
             const Attributes& attributes = {});
  /// y = scale[c] x + shift[c], as a batch norm: the rewrites fold it into its neighbours.
  Operand affine(const OnnxNode& node, const Operand& x, const Tensor& scale, const Tensor& shift);
  const Shape& shape(ValueId value) const { return builder_.shape(value); }

  // ---- the model
  void input(const std::string& name, const Shape& onnx_shape, bool channels_last);
  void define(const std::string& name, Operand operand);
  void output(const OnnxNode& reader);
  OnnxModel finish();

 private:
  std::string unused_name(const std::string& wish);
  ValueId add(const OnnxNode& node, const std::string& name, const std::string& op, const std::vector<ValueId>& inputs,
              const Attributes& attributes);

  GraphBuilder builder_;
  Parameters parameters_;
  std::string file_;
  int64_t budget_;
  int inputs_ = 0, outputs_ = 0;
  std::map<std::string, Operand> operands_;
  std::map<std::string, ValueId> parameter_ids_;
  std::map<ValueId, ValueId> flattened_;
  std::map<std::string, int> names_;  // taken ones, and how often each was wished for
};

/// How one ONNX operator is written with ours: adds to the graph and returns what the node's first output stands for.
using Translation = Operand (*)(Importer& importer, const OnnxNode& node);
using Translations = std::map<std::string, Translation>;

void add_layers(Translations& table);       // convolution, linear, normalisation, pooling
void add_elementwise(Translations& table);  // activations and arithmetic
void add_shapes(Translations& table);       // reshaping, padding, concatenation
void add_constants(Translations& table);    // constants, and the arithmetic on shapes that precedes a Reshape
Operand concat_constants(Importer& importer, const OnnxNode& node);

/// Operators of the domain "lithe" are ours, attribute by attribute.
Operand translate_own(Importer& importer, const OnnxNode& node);

}  // namespace lithe::onnx_import
