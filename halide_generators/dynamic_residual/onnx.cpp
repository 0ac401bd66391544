#include "pipelines/graph/onnx_rule.h"

namespace lithe {

// One convolution for each kernel, weighted: ONNX cannot mix kernels per image.
LITHE_ONNX_RULE(dynamic_residual, [](OnnxWriter& w, const OnnxCall& c) {
  const int64_t kernels = c.dims("K"), stride = c.dims("stride");
  const std::vector<std::string> pi =
      w.add("Split", {w.image(c, 1)}, {{"axis", int64_t{1}}, {"split", std::vector<int64_t>(kernels, 1)}},
            static_cast<size_t>(kernels));
  std::string sum;
  for (size_t k = 0; k < pi.size(); ++k) {
    const std::string part =
        w.op("Conv", {w.image(c, 0), c.inputs[k + 2]},
             {{"kernel_shape", std::vector<int64_t>{1, 1}}, {"strides", std::vector<int64_t>{stride, stride}}});
    const std::string weighted = w.op("Mul", {part, pi[k]});
    sum = sum.empty() ? weighted : w.op("Add", {sum, weighted});
  }
  return w.result(c, sum);
});

}  // namespace lithe
