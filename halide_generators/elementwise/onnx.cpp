#include "pipelines/graph/onnx_rule.h"

namespace lithe {
namespace {

std::string hard_sigmoid(OnnxWriter& w, const std::string& x) {
  return w.op("HardSigmoid", {x}, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
}

}  // namespace

LITHE_ONNX_RULE(relu, [](OnnxWriter& w, const OnnxCall& c) { return w.op("Relu", c.inputs); });
LITHE_ONNX_RULE(relu6, [](OnnxWriter& w, const OnnxCall& c) { return w.clip(c.inputs[0], 0, 6); });
LITHE_ONNX_RULE(sigmoid, [](OnnxWriter& w, const OnnxCall& c) { return w.op("Sigmoid", c.inputs); });
LITHE_ONNX_RULE(tanh, [](OnnxWriter& w, const OnnxCall& c) { return w.op("Tanh", c.inputs); });
LITHE_ONNX_RULE(leaky_relu, [](OnnxWriter& w, const OnnxCall& c) {
  return w.op("LeakyRelu", c.inputs, {{"alpha", c.dims.attribute<double>("slope")}});
});
LITHE_ONNX_RULE(clamp, [](OnnxWriter& w, const OnnxCall& c) {
  return w.clip(c.inputs[0], c.dims.attribute<double>("lo"), c.dims.attribute<double>("hi"));
});
LITHE_ONNX_RULE(hard_sigmoid, [](OnnxWriter& w, const OnnxCall& c) {
  const double scale = c.dims.attribute<double>("scale");
  const std::string y = hard_sigmoid(w, c.inputs[0]);
  return scale == 1 ? y : w.op("Mul", {y, w.constant(static_cast<float>(scale))});
});
LITHE_ONNX_RULE(hard_swish, [](OnnxWriter& w, const OnnxCall& c) {
  return w.op("Mul", {c.inputs[0], hard_sigmoid(w, c.inputs[0])});
});
LITHE_ONNX_RULE(add, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.shapes[0].size() == c.shapes[1].size()) return w.op("Add", c.inputs);
  return w.result(c, w.op("Add", {w.image(c, 0), w.image(c, 1)}));
});
LITHE_ONNX_RULE(multiply, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.shapes[0].size() == c.shapes[1].size()) return w.op("Mul", c.inputs);
  return w.result(c, w.op("Mul", {w.image(c, 0), w.image(c, 1)}));
});

}  // namespace lithe
