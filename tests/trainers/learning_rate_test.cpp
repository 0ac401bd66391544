#include "trainers/learning_rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

LearningRateOptions options(const std::string& schedule) {
  LearningRateOptions o;
  o.schedule = schedule, o.lr = 0.4;
  return o;
}

TEST(LearningRate, CosineFallsFromTheHighestToZero) {
  const LearningRate lr(options("cosine"), 10, 8);
  EXPECT_DOUBLE_EQ(lr.at(0), 0.4);
  EXPECT_NEAR(lr.at(20), 0.2 * (1 + std::cos(M_PI / 4)), 1e-12);
  EXPECT_NEAR(lr.at(40), 0.2, 1e-12);
  EXPECT_GT(lr.at(79), 0);
  EXPECT_NEAR(lr.at(80), 0, 1e-12);
}

TEST(LearningRate, OneCycleRisesThenFalls) {
  const LearningRate lr(options("one-cycle"), 10, 10);
  EXPECT_NEAR(lr.at(0), 0.4 / 25, 1e-12);
  EXPECT_NEAR(lr.at(15), (0.4 / 25 + 0.4) / 2, 1e-12);
  EXPECT_NEAR(lr.at(30), 0.4, 1e-12);
  EXPECT_NEAR(lr.at(65), (0.4 + 0.4 / 25e4) / 2, 1e-12);
  EXPECT_NEAR(lr.at(100), 0.4 / 25e4, 1e-12);
}

TEST(LearningRate, StepsFallAtTheMilestones) {
  LearningRateOptions o = options("step");
  o.milestones = "6,3", o.gamma = 0.5;  // in any order
  const LearningRate lr(o, 10, 4);
  EXPECT_DOUBLE_EQ(lr.at(11), 0.4);
  EXPECT_DOUBLE_EQ(lr.at(12), 0.2);
  EXPECT_DOUBLE_EQ(lr.at(23), 0.2);
  EXPECT_DOUBLE_EQ(lr.at(24), 0.1);
}

TEST(LearningRate, PolyIsAPowerOfWhatIsLeft) {
  const LearningRate lr(options("poly"), 10, 10);
  EXPECT_NEAR(lr.at(25), 0.4 * std::pow(0.75, 0.9), 1e-12);
}

TEST(LearningRate, WarmUpLeadsToTheSchedule) {
  LearningRateOptions o = options("constant");
  o.warmup = 2;
  const LearningRate lr(o, 10, 5);
  double before = 0;
  for (int step = 0; step < 10; ++step) {
    EXPECT_GT(lr.at(step), before);
    EXPECT_LT(lr.at(step), 0.4);
    before = lr.at(step);
  }
  EXPECT_DOUBLE_EQ(lr.at(10), 0.4);
}

TEST(LearningRate, OptionsOutOfRangeAreNamed) {
  const auto message = [](void (*change)(LearningRateOptions&)) -> std::string {
    LearningRateOptions o;
    change(o);
    try {
      LearningRate(o, 10, 5);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kUsage);
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(message([](auto&) {}), "");
  EXPECT_NE(message([](auto& o) { o.lr = 0; }).find("--lr"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.lr = NAN; }).find("--lr"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.warmup = 10; }).find("--warmup"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.schedule = "step"; }).find("--milestones"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.milestones = "30"; }).find("--milestones"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.milestones = "30,x"; }).find("\"30,x\""), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.rise = 1; }).find("--rise"), std::string::npos);
  EXPECT_NE(message([](auto& o) { o.schedule = "linear"; }).find("linear"), std::string::npos);
}

}  // namespace
}  // namespace lithe
