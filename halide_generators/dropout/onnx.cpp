#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(dropout, [](OnnxWriter&, const OnnxCall& c) { return c.inputs[0]; });

}  // namespace lithe
