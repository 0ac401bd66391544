// Losses against their formulas and central differences.
#include "trainers/loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/graph/small_network.h"

namespace lithe {
namespace {

void check_gradient(const Tensor& at, const std::function<Loss(const Tensor&)>& loss) {
  const Loss here = loss(at);
  ASSERT_EQ(here.gradient.shape(), at.shape());
  constexpr float kStep = 1.0f / 256;
  for (int64_t i = 0; i < at.size(); ++i) {
    const auto moved = [&](float by) {
      const Tensor t = at.clone();
      t.data()[i] += by;
      return loss(t).value;
    };
    EXPECT_NEAR(here.gradient.data()[i], (moved(kStep) - moved(-kStep)) / (2 * kStep), 1e-5) << i;
  }
}

TEST(Loss, CrossEntropyIsTheLogarithmOfTheProbability) {
  const Tensor z = Tensor::of({2, 3}, {1, 2, 3, -1, 0, 400});
  const double expected = (-(2 - std::log(std::exp(1) + std::exp(2) + std::exp(3))) - 0.0) / 2;
  EXPECT_NEAR(cross_entropy(z, std::vector<int>{1, 2}).value, expected, 1e-6);
}

TEST(Loss, SmoothedLabelsAreDistributions) {
  const Tensor t = label_targets({2, 0}, 4, 0.1);
  EXPECT_FLOAT_EQ(t.at(0, 2), 0.925f);
  EXPECT_FLOAT_EQ(t.at(0, 0), 0.025f);
  EXPECT_FLOAT_EQ(t.at(1, 0), 0.925f);
}

TEST(Loss, GradientsAreThoseOfTheirValues) {
  const Tensor z = random_tensor({3, 5}, 1), other = random_tensor({3, 5}, 2);
  check_gradient(z, [](const Tensor& at) { return cross_entropy(at, std::vector<int>{4, 0, 2}, 0.1); });
  check_gradient(z, [&](const Tensor& at) { return distillation(at, other, 4); });
  check_gradient(z, [&](const Tensor& at) { return mean_squared_error(at, other); });
  check_gradient(z, [&](const Tensor& at) {
    return weighted_sum(0.3, cross_entropy(at, std::vector<int>{1, 1, 1}), 0.7, distillation(at, other, 2));
  });
}

TEST(Loss, OfATeacherThatAgreesIsZero) {
  const Tensor z = random_tensor({3, 5}, 1);
  EXPECT_NEAR(distillation(z, z, 3).value, 0, 1e-12);
}

TEST(Loss, SaysWhatDoesNotFit) {
  const Tensor z = random_tensor({3, 5}, 1);
  EXPECT_THROW(cross_entropy(z, std::vector<int>{0, 1, 5}), Error);
  EXPECT_THROW(cross_entropy(z, std::vector<int>{0, 1}), Error);
  EXPECT_THROW(distillation(z, random_tensor({3, 4}, 1), 1), Error);
  EXPECT_THROW(distillation(z, z, 0), Error);
}

}  // namespace
}  // namespace lithe
