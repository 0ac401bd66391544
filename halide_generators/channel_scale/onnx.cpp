#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(channel_scale, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.output.size() == 2) return w.op("Mul", c.inputs);
  return w.op("Mul", {c.inputs[0], w.image(c, 1)});
});

}  // namespace lithe
