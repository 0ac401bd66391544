// Which way a step of DRT moves: heads apart on the target, the trunk towards their agreement, both towards the labels.
#include "trainers/drt_learner.h"

#include <gtest/gtest.h>

#include "pipelines/graph/memory_pool.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"
#include "trainers/drt_loss.h"

namespace lithe {
namespace {

class DrtSteps : public testing::Test {
 protected:
  DrtSteps() : graph_(build_network("drt_digits", {{"width", "0.25"}, {"head_width", "16"}, {"dropout", "0"}})) {
    options_.optimizer.momentum = 0, options_.optimizer.weight_decay = 0;
    source_.images = noise_images(12, 3, 32, 32, 1);
    for (int i = 0; i < 12; ++i) source_.labels.push_back(i % 10);
    source_.targets = label_targets(source_.labels, 10);
  }

  // Of the heads on the target, by the statistics of training, for the weights behind one step.
  double discrepancy_after(double heads_lr, double trunk_lr) {
    return discrepancy_of(behind_a_step(heads_lr, trunk_lr)->parameters());
  }
  std::unique_ptr<DrtLearner> behind_a_step(double heads_lr, double trunk_lr) {
    options_.trunk_lr = trunk_lr / heads_lr;
    auto learner = std::make_unique<DrtLearner>(options_, graph_, seeded_parameters(graph_, 3));
    losses_ = learner->adapt(source_, target_, heads_lr, 0.5);
    return learner;
  }
  double discrepancy_of(Parameters parameters) const {
    const TwoHeadedParts parts = parts_of(graph_);
    Trainable trunk(parts.trunk), heads(parts.heads);
    const Tensor features = trunk.forward(parameters, {stacked()}).output().images(12, 12);
    const Pass both = heads.forward(parameters, {features});
    return discrepancy(both.output(0), both.output(1)).value;
  }
  Tensor stacked() const {
    const Tensor all({24, 3, 32, 32});
    copy(source_.images, all.images(0, 12)), copy(target_, all.images(12, 12));
    return all;
  }

  static constexpr double kNone = 1e-12;
  const Graph graph_;
  const Tensor target_ = noise_images(12, 3, 32, 32, 2);
  LabelledBatch source_;
  DrtOptions options_;
  DrtLosses losses_;
};

TEST_F(DrtSteps, HeadsPartAndTheTrunkMakesThemAgree) {
  options_.discrepancy = 1000, options_.reversal = 2, options_.balance = 0;  // labels hardly matter
  const double before = discrepancy_after(kNone, kNone);
  EXPECT_GT(discrepancy_after(1e-4, kNone), before);
  EXPECT_LT(discrepancy_after(kNone, 1e-5), before);
  options_.reversal = -2;  // without the reversal the trunk helps the heads
  EXPECT_GT(discrepancy_after(kNone, 1e-5), before);
}

TEST_F(DrtSteps, TheWeightRises) {
  options_.discrepancy = 3, options_.balance = 0;
  behind_a_step(kNone, kNone);
  const double whole = losses_.transfer;
  EXPECT_LT(whole, 0);
  options_.ramp = 1;  // half of the way is done
  behind_a_step(kNone, kNone);
  EXPECT_NEAR(losses_.transfer, whole / 2, 1e-6);
}

TEST_F(DrtSteps, EveryMethodFollowsTheLabels) {
  options_.discrepancy = 0.1, options_.reversal = 0.1;
  for (const std::string method : {"source-only", "dann", "mcd", "drt"}) {
    options_.method = method;
    const auto learner = behind_a_step(0.01, 0.01);
    const double before = losses_.source;
    EXPECT_LT(learner->adapt(source_, target_, 0.01, 0.5).source, before) << method;
  }
}

TEST_F(DrtSteps, TrunkAndHeadsShareOneMemory) {
  MemoryPool::shared().reset_peak();
  const auto learner = behind_a_step(0.01, 0.01);
  const int64_t peak = MemoryPool::shared().peak_bytes();
  EXPECT_EQ(learner->take_peak_bytes(), peak);
  EXPECT_LT(learner->take_peak_bytes(), peak);
}

}  // namespace
}  // namespace lithe
