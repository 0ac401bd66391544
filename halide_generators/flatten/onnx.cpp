#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(flatten, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.shapes[0].size() == 2) return c.inputs[0];
  const Dims& d = c.dims;
  return w.reshape(c.inputs[0], {0, d("C"), d("H"), d("W")}, {0, d("CHW")});
});

}  // namespace lithe
