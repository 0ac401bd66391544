#include "pipelines/graph/onnx_rule.h"

namespace lithe {

// ONNX cannot mix kernels per image: each runs as a convolution, and a product of pi with their results, seen as a
// matrix of K rows, sums them up.
LITHE_ONNX_RULE(dynamic_residual, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const int64_t kernels = d("K"), stride = d("stride"), outputs = d("O"), elements = d("O Ho Wo");
  std::vector<std::string> parts;
  for (int64_t k = 0; k < kernels; ++k) {
    parts.push_back(
        w.op("Conv", {w.image(c, 0), c.inputs[static_cast<size_t>(k) + 2]},
             {{"kernel_shape", std::vector<int64_t>{1, 1}}, {"strides", std::vector<int64_t>{stride, stride}}}));
  }
  const std::string all = w.op("Concat", parts, {{"axis", int64_t{1}}});
  const Shape image{0, outputs, d("Ho"), d("Wo")}, images{0, kernels * outputs, d("Ho"), d("Wo")};
  const std::string pi = w.reshape(c.inputs[1], {0, kernels}, {0, 1, kernels});
  const std::string sum = w.op("MatMul", {pi, w.reshape(all, images, {0, kernels, elements})});
  return w.result(c, w.reshape(sum, {0, 1, elements}, image));
});

}  // namespace lithe
