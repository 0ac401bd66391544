#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(larger_head, [](OnnxWriter& w, const OnnxCall& c) {
  const auto largest = [&](const std::string& x) {
    return w.op("ReduceMax", {x}, {{"axes", std::vector<int64_t>{1}}, {"keepdims", int64_t{1}}});
  };
  const std::string q_speaks = w.op("Less", {largest(c.inputs[0]), largest(c.inputs[1])});
  return w.op("Where", {q_speaks, c.inputs[1], c.inputs[0]});
});

}  // namespace lithe
