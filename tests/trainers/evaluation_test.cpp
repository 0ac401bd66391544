#include "trainers/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

TEST(Predictions, FollowTheLogits) {
  const std::vector<float> logits = {1, 3, 2, 0, -1, 5, 4,  //
                                     0, 0, 0, 0, 0,  0, 0,  //
                                     9, 8, 7, 6, 5,  4, 3};
  const std::vector<Prediction> all = predictions(Tensor::of({3, 7}, logits), {1, 3, 5});
  EXPECT_EQ(all[0].top, 5);
  EXPECT_TRUE(all[0].in_top5);  // 5, 6, 1 come first
  double sum = 0;
  for (int k = 0; k < 7; ++k) sum += std::exp(static_cast<double>(logits[static_cast<size_t>(k)]));
  EXPECT_NEAR(all[0].confidence, std::exp(5.0) / sum, 1e-12);
  EXPECT_NEAR(all[0].loss, -std::log(std::exp(3.0) / sum), 1e-12);
  EXPECT_EQ(all[1].top, 0);  // of equal logits the lower class
  EXPECT_TRUE(all[1].in_top5);
  EXPECT_NEAR(all[1].loss, std::log(7.0), 1e-12);
  EXPECT_FALSE(all[2].in_top5);
}

TEST(Predictions, SurviveLargeLogitsAndNaN) {
  const std::vector<Prediction> all =
      predictions(Tensor::of({4, 2}, {1e30f, -1e30f, NAN, 1, 1, INFINITY, -INFINITY, -INFINITY}), {0, 0, 1, 0});
  EXPECT_EQ(all[0].confidence, 1);
  EXPECT_EQ(all[0].loss, 0);
  for (const Prediction& p : {all[1], all[2], all[3]}) {
    EXPECT_NE(p.top, p.label);
    EXPECT_FALSE(p.in_top5);
    EXPECT_EQ(p.confidence, 0);
    EXPECT_TRUE(std::isinf(p.loss));
  }
}

// 100 images of 2 classes: `correct` of them right, all with that confidence.
std::vector<Prediction> sure(int correct, double confidence) {
  std::vector<Prediction> all;
  for (int i = 0; i < 100; ++i) all.push_back({i % 2, i < correct ? i % 2 : 1 - i % 2, true, confidence, 0.5});
  return all;
}

TEST(Evaluate, CountsAndConfusion) {
  const Evaluation e = evaluate(sure(70, 0.9), 3);
  EXPECT_EQ(e.samples, 100);
  EXPECT_DOUBLE_EQ(e.top1.value, 0.7);
  EXPECT_DOUBLE_EQ(e.top5.value, 1);
  EXPECT_DOUBLE_EQ(e.loss.value, 0.5);
  EXPECT_EQ(e.confusion, (std::vector<int64_t>{35, 15, 0, 15, 35, 0, 0, 0, 0}));
  EXPECT_DOUBLE_EQ(e.classes[0].recall(), 0.7);
  EXPECT_DOUBLE_EQ(e.classes[1].precision(), 0.7);
  EXPECT_EQ(e.classes[2].samples, 0);
  EXPECT_EQ(e.classes[2].recall(), 0);
}

TEST(Evaluate, CalibrationErrorIsTheDistanceOfConfidenceAndAccuracy) {
  EXPECT_NEAR(evaluate(sure(70, 0.9), 2).calibration_error.value, 0.2, 1e-12);
  EXPECT_NEAR(evaluate(sure(90, 0.9), 2).calibration_error.value, 0, 1e-12);
  EXPECT_NEAR(evaluate(sure(100, 1), 2).calibration_error.value, 0, 1e-12);
  // Over- and underconfidence in different bins do not cancel.
  std::vector<Prediction> both = sure(70, 0.9), low = sure(70, 0.5);
  both.insert(both.end(), low.begin(), low.end());
  EXPECT_NEAR(evaluate(both, 2).calibration_error.value, 0.2, 1e-12);
}

TEST(Evaluate, IntervalsAreThoseOfTheBinomial) {
  const Evaluation e = evaluate(sure(70, 0.9), 2);
  const double spread = 1.96 * std::sqrt(0.7 * 0.3 / 100);
  EXPECT_NEAR(e.top1.low, 0.7 - spread, 0.02);
  EXPECT_NEAR(e.top1.high, 0.7 + spread, 0.02);
  EXPECT_EQ(e.top5.low, 1);
}

TEST(Evaluate, ThreadsDoNotChangeBits) {
  std::vector<Prediction> all;
  const RandomStream random(1, "p");
  for (uint64_t i = 0; i < 500; ++i) {
    all.push_back({static_cast<int>(random.bits(4 * i) % 5), static_cast<int>(random.bits(4 * i + 1) % 5), true,
                   random.uniform(4 * i + 2), random.uniform(4 * i + 3)});
  }
  set_threads(1);
  const Evaluation one = evaluate(all, 5);
  set_threads(4);
  const Evaluation four = evaluate(all, 5);
  set_threads(0);
  EXPECT_EQ(one.loss.low, four.loss.low);
  EXPECT_EQ(one.calibration_error.high, four.calibration_error.high);
  EXPECT_NE(evaluate(all, 5, 2).loss.low, one.loss.low);  // another seed, other draws
}

TEST(Evaluate, NothingIsAnError) { EXPECT_THROW(evaluate({}, 3), Error); }

TEST(Worst, LargestLossFirst) {
  const std::vector<Prediction> all = {
      {0, 0, true, 1, 0.1}, {0, 1, true, 1, 3}, {0, 1, true, 1, 2}, {0, 1, true, 1, 3}};
  EXPECT_EQ(worst(all, 3), (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(worst(all, 9).size(), 4u);
}

}  // namespace
}  // namespace lithe
