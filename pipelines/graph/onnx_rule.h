#pragma once
// How an operator is written in standard ONNX (operator set 10): a rule in the operator's folder adds plain records to
// a writer, which pipelines/formats turns into a file. Rules use what onnxruntime, OpenCV 4.6 and ncnn's converter all
// read: limits of Clip as attributes, permutations as Split and Concat, no Shape, Expand or Gather. The batch is free:
// a shape that a rule writes starts with 0, which ONNX reads as "as before".

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

struct OnnxOperator {
  std::string type;
  std::vector<std::string> inputs, outputs;  // an absent optional input is ""
  Attributes attributes;
  std::string domain;  // empty: the standard's
};

/// One node of the graph to write.
struct OnnxCall {
  const Node& node;
  const Dims& dims;
  std::vector<std::string> inputs;  // names of the ONNX values
  std::vector<Shape> shapes;        // of the inputs; empty for an absent one
  Shape output;
};

class OnnxWriter {
 public:
  /// Adds an operator and returns the names of its outputs.
  std::vector<std::string> add(const std::string& type, const std::vector<std::string>& inputs,
                               const Attributes& attributes, size_t outputs);
  std::string op(const std::string& type, const std::vector<std::string>& inputs, const Attributes& attributes = {});
  std::string constant(const Tensor& tensor);
  std::string constant(float value) { return constant(Tensor::of({1}, {value})); }

  /// x under another shape; both shapes start with 0 for the batch. A reshape of a reshape becomes one.
  std::string reshape(const std::string& x, const Shape& from, const Shape& to);
  /// Input i as N C H W, and what a rule computed as such back in the shape of the call's output.
  std::string image(const OnnxCall& call, size_t i);
  std::string result(const OnnxCall& call, const std::string& image);
  std::string clip(const std::string& x, double lo, double hi);
  /// x (N C H W) with channel index[c] at c.
  std::string permute(const std::string& x, const Shape& shape, const std::vector<int64_t>& index);
  /// A linear map of the rows and one of the columns of every channel of x (N C H W): `rows` is H x Ho, `columns` W x
  /// Wo.
  std::string separable(const std::string& x, const Tensor& rows, const Tensor& columns);

  // ---- for the exporter
  /// Gives an output of the operators from `first` on another name; false if none of them has it.
  bool rename(size_t first, const std::string& from, const std::string& to);
  std::vector<OnnxOperator> operators;
  std::map<std::string, Tensor> constants;
  std::string scope;  // names of the values that are added start with it

 private:
  struct View {
    std::string source;
    Shape shape;
  };
  std::map<std::string, View> views_;
  int count_ = 0;
};

/// Adds the call and returns the name of the value that is its output.
using OnnxRule = std::string (*)(OnnxWriter& writer, const OnnxCall& call);
bool register_onnx_rule(const std::string& op, OnnxRule rule);
/// nullptr if the operator has none.
OnnxRule find_onnx_rule(const std::string& op);

}  // namespace lithe

#define LITHE_ONNX_RULE(op, ...) \
  [[maybe_unused]] static const bool lithe_onnx_rule_##op = ::lithe::register_onnx_rule(#op, __VA_ARGS__)
