#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(phi_product, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const int64_t latent = d("L"), pixels = d("H W");
  const Shape image = c.shapes[0].size() == 2 ? Shape{0, latent} : Shape{0, latent, d("H"), d("W")};
  const std::string phi = w.reshape(c.inputs[1], {0, d("LL")}, {0, latent, latent});
  const std::string y = w.op("MatMul", {phi, w.reshape(c.inputs[0], image, {0, latent, pixels})});
  return w.reshape(y, {0, latent, pixels}, image);
});

}  // namespace lithe
