// An OpenCV program that builds a net with our layers by hand.

#include "pipelines/vision/dnn_layers.h"

#include <gtest/gtest.h>

#include "pipelines/formats/onnx_export.h"
#include "tests/onnx/onnx_file.h"
#include "tests/onnx/opencv.h"

namespace lithe {
namespace {

TEST(DnnLayers, DynamicShiftMaxFollowsItsEquation) {
  register_dnn_layers();
  GraphBuilder g("shift");
  const ValueId x = g.input("x", {1, 8, 3, 5});
  const ValueId u = g.op("conv2d", "u", {g.op("global_avg_pool", "p", {x}), g.parameter("w", {32, 8, 1, 1}, {})});
  const ValueId a =
      g.op("shift_max_coefficients", "a", {u},
           {{"branches", int64_t{2}}, {"terms", int64_t{2}}, {"offsets", std::vector<double>{1, 0, 0.5, 0.5}}});
  g.output(g.op("dynamic_shift_max", "y", {x, a}, {{"groups", int64_t{4}}}));
  const Parameters parameters{{"w", random_tensor({32, 8, 1, 1})}};
  OnnxExportOptions options;
  options.own = {"dynamic_shift_max", "shift_max_coefficients"};
  const Tensor input = random_tensor({1, 8, 3, 5});
  const Tensor y = run_in_opencv(export_onnx(g.finish(), parameters, options), input);
  ASSERT_EQ(y.shape(), (Shape{1, 8, 3, 5}));

  for (int64_t c = 0; c < 8; ++c) {
    double means[8], coefficient[4];
    for (int64_t i = 0; i < 8; ++i) {
      double sum = 0;
      for (int64_t p = 0; p < 15; ++p) sum += input.data()[i * 15 + p];
      means[i] = sum / 15;
    }
    const double offsets[] = {1, 0, 0.5, 0.5};
    for (int64_t k = 0; k < 4; ++k) {
      double v = 0;
      for (int64_t i = 0; i < 8; ++i) v += parameters.at("w").at(k * 8 + c, i) * means[i];
      coefficient[k] = (std::min(std::max(v + 3, 0.0), 6.0) / 6 - 0.5) * 4 + offsets[k];
    }
    const int64_t partner = (c / 2 + 1) % 4 * 2 + (c % 2 + 1) % 2;
    for (int64_t h = 0; h < 3; ++h) {
      for (int64_t w = 0; w < 5; ++w) {
        const double own = input.at(0, c, h, w), other = input.at(0, partner, h, w);
        EXPECT_NEAR(
            y.at(0, c, h, w),
            std::max(coefficient[0] * own + coefficient[1] * other, coefficient[2] * own + coefficient[3] * other),
            1e-5);
      }
    }
  }
}

}  // namespace
}  // namespace lithe
