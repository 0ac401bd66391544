#include "pipelines/networks/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/registry.h"
#include "tests/graph/same_bits.h"

namespace lithe {
namespace {

double deviation(const Tensor& x) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < x.size(); ++i) sum += x.data()[i], squares += x.data()[i] * static_cast<double>(x.data()[i]);
  const double n = static_cast<double>(x.size());
  return std::sqrt(squares / n - sum / n * sum / n);
}

TEST(NoiseImages, AreSmoothAndOnTheScaleOfPhotographs) {
  const Tensor x = noise_images(4, 3, 96, 80, 1);
  EXPECT_EQ(x.shape(), (Shape{4, 3, 96, 80}));
  for (int64_t n = 0; n < 4; ++n) EXPECT_NEAR(deviation(x.images(n, 1)), 1, 1e-3);
  double squares = 0;
  for (int64_t i = 1; i < x.size(); ++i) squares += std::pow(x.data()[i] - x.data()[i - 1], 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(x.size())), 0.3) << "white noise of that scale gives 1.4";
  EXPECT_GT(relative_difference(x.images(0, 1), x.images(1, 1)), 0.1) << "every image is another";
}

class Seeded : public testing::TestWithParam<std::string> {};

// Outputs are finite, on a common scale and differ between images; a small change of the image changes them little,
// which is what a comparison between two implementations needs.
TEST_P(Seeded, IsWellConditioned) {
  const Graph graph = build_network(GetParam());
  const Parameters weights = seeded_parameters(graph, 1);
  const Tensor image = noise_images(2, 3, 224, 224, 77);
  const Tensor output = forward(graph, weights, {image}).output();
  EXPECT_GT(deviation(output), 0.1);
  EXPECT_LT(deviation(output), 10);
  EXPECT_GT(relative_difference(output.images(0, 1), output.images(1, 1)), 0.01) << "the image does not matter";

  Tensor moved = image.clone();
  for (int64_t i = 0; i < moved.size(); ++i) moved.data()[i] *= 1 + (i % 3 == 0 ? 1e-5f : -1e-5f);
  EXPECT_LT(relative_difference(forward(graph, weights, {moved}).output(), output), 3e-3);
}

// Of a family that differs in depth alone, the deepest.
INSTANTIATE_TEST_SUITE_P(All, Seeded,
                         testing::Values("micronet_m0", "micronet_m1", "micronet_m2", "micronet_m3", "mobilenet_v2",
                                         "dcd_mobilenet_v2", "resnet18", "resnet101", "dcd_resnet18", "dcd_resnet50",
                                         "drt_resnet18", "drt_resnet101"),
                         [](const auto& network) { return network.param; });

TEST(SeededParameters, SameSeedSameBits) {
  const Graph graph = build_network("micronet_m1", {{"input_size", "64"}});
  const Parameters one = seeded_parameters(graph, 4);
  set_threads(1);
  const Parameters two = seeded_parameters(graph, 4);
  set_threads(0);
  EXPECT_TRUE(test::same_bits(one, two));
  EXPECT_NE(seeded_parameters(graph, 5).at("classifier.2.linear.0.weight").at(0, 0),
            one.at("classifier.2.linear.0.weight").at(0, 0));
}

}  // namespace
}  // namespace lithe
