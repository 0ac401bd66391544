#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(concat, [](OnnxWriter& w, const OnnxCall& c) {
  return w.op("Concat", c.inputs, {{"axis", int64_t{1}}});
});

}  // namespace lithe
