#include "pipelines/graph/onnx_rule.h"

namespace lithe {

// Before operator set 13 all axes from `axis` on count as one, so the channels go last where there are pixels.
LITHE_ONNX_RULE(softmax, [](OnnxWriter& w, const OnnxCall& c) {
  if (c.dims("H W") == 1) return w.op("Softmax", c.inputs, {{"axis", int64_t{1}}});
  const std::string last = w.op("Transpose", c.inputs, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}});
  const std::string y = w.op("Softmax", {last}, {{"axis", int64_t{3}}});
  return w.op("Transpose", {y}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}});
});

}  // namespace lithe
