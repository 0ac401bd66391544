#include "pipelines/graph/onnx_rule.h"

namespace lithe {

LITHE_ONNX_RULE(channel_permute, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const Shape image{0, d("C"), d("H"), d("W")};
  return w.result(c, w.permute(w.image(c, 0), image, d.attribute<std::vector<int64_t>>("index")));
});

}  // namespace lithe
