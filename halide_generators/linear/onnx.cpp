#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(linear, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const Shape image{0, d("C"), d("H"), d("W")};
  std::vector<std::string> inputs{c.shapes[0].size() == 2 ? c.inputs[0] : w.reshape(c.inputs[0], image, {0, d("I")}),
                                  c.inputs[1]};
  const bool has_bias = c.inputs.size() > 2 && !c.inputs[2].empty();
  // Gemm takes a bias before operator set 11.
  inputs.push_back(has_bias ? c.inputs[2] : w.constant(Tensor::filled({d("O")}, 0.0f)));
  const std::string y = w.op("Gemm", inputs, {{"transB", int64_t{1}}});
  return w.clip(y, d.attribute<double>("clamp_min"), d.attribute<double>("clamp_max"));
});

}  // namespace lithe
