#include "pipelines/graph/onnx_rule.h"

#include <algorithm>
#include <cmath>

namespace lithe {
namespace {

// from x to: column i holds what output pixel i takes of each input pixel. Resize of operator set 10 knows neither
// convention of the corners.
Tensor bilinear(int64_t from, int64_t to, bool align_corners) {
  Tensor matrix = Tensor::filled({from, to}, 0.0f);
  for (int64_t i = 0; i < to; ++i) {
    const double scale = align_corners ? (to > 1 ? double(from - 1) / double(to - 1) : 0) : double(from) / double(to);
    const double at = align_corners ? double(i) * scale : (double(i) + 0.5) * scale - 0.5;
    const double inside = std::clamp(at, 0.0, double(from - 1));
    const int64_t low = static_cast<int64_t>(inside), high = std::min(low + 1, from - 1);
    const double share = inside - double(low);
    matrix.at(low, i) += static_cast<float>(1 - share);
    matrix.at(high, i) += static_cast<float>(share);
  }
  return matrix;
}

}  // namespace

LITHE_ONNX_RULE(resize_bilinear, [](OnnxWriter& w, const OnnxCall& c) {
  const Dims& d = c.dims;
  const bool align = d("align_corners") != 0;
  return w.separable(c.inputs[0], bilinear(d("H"), d("out_h"), align), bilinear(d("W"), d("out_w"), align));
});

}  // namespace lithe
