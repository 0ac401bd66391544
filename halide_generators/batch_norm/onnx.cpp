#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(batch_norm, [](OnnxWriter& w, const OnnxCall& c) {
  return w.op("BatchNormalization", c.inputs, {{"epsilon", c.dims.attribute<double>("eps")}});
});

}  // namespace lithe
