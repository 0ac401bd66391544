#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(matmul, [](OnnxWriter& w, const OnnxCall& c) { return w.op("MatMul", c.inputs); });

}  // namespace lithe
