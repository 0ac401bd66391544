// The losses of adaptation against their definitions, in double precision.
#include "trainers/drt_loss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "pipelines/core/random.h"

namespace lithe {
namespace {

constexpr int64_t kRows = 5, kClasses = 7;

using Values = std::vector<double>;

Tensor logits(uint64_t seed) {
  const RandomStream random(seed, "logits");
  Tensor z({kRows, kClasses});
  for (int64_t i = 0; i < z.size(); ++i) z.data()[i] = static_cast<float>(2 * random.normal(static_cast<uint64_t>(i)));
  return z;
}

Values doubles(const Tensor& t) { return {t.data(), t.data() + t.size()}; }

double probability(const Values& z, int64_t n, int64_t k) {
  double sum = 0;
  for (int64_t j = 0; j < kClasses; ++j) sum += std::exp(z[static_cast<size_t>(n * kClasses + j)]);
  return std::exp(z[static_cast<size_t>(n * kClasses + k)]) / sum;
}

double mean_distance(const Values& p, const Values& q) {
  double sum = 0;
  for (int64_t n = 0; n < kRows; ++n) {
    for (int64_t k = 0; k < kClasses; ++k) sum += std::abs(probability(p, n, k) - probability(q, n, k));
  }
  return sum / (kRows * kClasses);
}

double imbalance(const Values& z) {
  double sum = 0;
  for (int64_t k = 0; k < kClasses; ++k) {
    double mean = 0;
    for (int64_t n = 0; n < kRows; ++n) mean += probability(z, n, k) / kRows;
    sum -= std::log(mean + 1e-6) / kClasses;
  }
  return sum;
}

void expect_slope(const std::function<double(const Values&)>& f, const Values& at, const Tensor& gradient) {
  constexpr double kStep = 1e-5;
  for (size_t i = 0; i < at.size(); ++i) {
    Values up = at, down = at;
    up[i] += kStep, down[i] -= kStep;
    EXPECT_NEAR(gradient.data()[i], (f(up) - f(down)) / (2 * kStep), 1e-7) << i;
  }
}

TEST(Discrepancy, EqualsItsDefinition) {
  const Tensor p = logits(1), q = logits(2);
  const Values a = doubles(p), b = doubles(q);
  const TwoHeadLoss loss = discrepancy(p, q);
  EXPECT_NEAR(loss.value, mean_distance(a, b), 1e-12);
  expect_slope([&](const Values& z) { return mean_distance(z, b); }, a, loss.first);
  expect_slope([&](const Values& z) { return mean_distance(a, z); }, b, loss.second);
}

TEST(Discrepancy, IsZeroWithoutSlopeWhereHeadsAgree) {
  const Tensor p = logits(3);
  const TwoHeadLoss loss = discrepancy(p, p);
  EXPECT_EQ(loss.value, 0);
  for (const double slope : doubles(loss.first)) EXPECT_EQ(slope, 0);
  EXPECT_THROW(discrepancy(p, Tensor::filled({kRows, 3}, 0)), Error);
}

TEST(ClassBalance, EqualsItsDefinition) {
  const Tensor z = logits(4);
  const Loss loss = class_balance(z);
  EXPECT_NEAR(loss.value, imbalance(doubles(z)), 1e-12);
  expect_slope(imbalance, doubles(z), loss.gradient);
}

TEST(ClassBalance, IsLeastWhereAllClassesAreAlike) {
  const double least = class_balance(Tensor::filled({kRows, kClasses}, 0)).value;
  EXPECT_NEAR(least, std::log(kClasses), 1e-4);
  EXPECT_GT(class_balance(logits(5)).value, least);
}

}  // namespace
}  // namespace lithe
