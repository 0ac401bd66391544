// What judges an adaptation without labels, on cases whose answer is known; selection and pseudo-labels.
#include "trainers/drt_scores.h"

#include <gmock/gmock.h>

#include <cmath>

#include "pipelines/networks/registry.h"
#include "tests/cli/program.h"
#include "tests/trainers/two_classes.h"
#include "trainers/drt_parts.h"
#include "trainers/drt_pseudo_labels.h"
#include "trainers/drt_record.h"

namespace lithe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(LabelFreeScores, KnowSureAndBalancedFromUnsure) {
  const LabelFreeScores unsure = label_free_scores(Tensor::filled({6, 3}, 0));
  EXPECT_NEAR(unsure.entropy, -std::log(3), 1e-9);
  EXPECT_NEAR(unsure.infomax, 0, 1e-9);
  EXPECT_NEAR(unsure.snd, std::log(5), 1e-6);  // all neighbours are alike
  Tensor sure = Tensor::filled({6, 3}, 0), one = Tensor::filled({6, 3}, 0);
  for (int64_t n = 0; n < 6; ++n) sure.at(n, n % 3) = 50, one.at(n, 0) = 50;
  EXPECT_NEAR(label_free_scores(sure).entropy, 0, 1e-9);
  EXPECT_NEAR(label_free_scores(sure).infomax, std::log(3), 1e-9);
  EXPECT_NEAR(label_free_scores(sure).snd, 0, 1e-5);  // one neighbour each
  EXPECT_NEAR(label_free_scores(one).infomax, 0, 1e-9) << "sure, but of one class";
}

TEST(Shares, CountPredictions) {
  Replies replies;
  replies.top = {0, 1, 1, 1}, replies.labels = {0, 1, 0, 1};
  EXPECT_EQ(top1_of(replies), 0.75);
  EXPECT_THAT(shares_of(replies, 3), ElementsAre(0.25, 0.75, 0));
  EXPECT_NEAR(effective_classes({0.25, 0.25, 0.25, 0.25, 0}), 4, 1e-9);
  EXPECT_NEAR(effective_classes({1, 0, 0}), 1, 1e-9);
}

TEST(FeatureDiscrepancy, IsTheDistanceOfMeansInDeviations) {
  const Tensor a = Tensor::of({2, 2}, {-1, 3, 1, 5}), b = Tensor::of({2, 2}, {2, 3, 4, 5});
  EXPECT_NEAR(feature_discrepancy(a, b), (9.0 / 1 + 0) / 2, 1e-6);
  EXPECT_EQ(feature_discrepancy(a, a), 0);
}

TEST(Selection, TakesTheFirstHighestOfAStage) {
  std::vector<DrtEpoch> epochs(4);
  for (size_t i = 0; i < 4; ++i) epochs[i].stage = "adapt", epochs[i].epoch = static_cast<int64_t>(i) + 1;
  epochs[0].infomax = 0.5, epochs[1].infomax = 0.9, epochs[2].infomax = 0.9, epochs[3].source_top1 = 1;
  epochs[2].entropy = -0.1, epochs[0].entropy = epochs[1].entropy = epochs[3].entropy = -0.2;
  epochs[0].snd = 3, epochs[2].oracle_top1 = 0.5;
  for (const auto& [select, epoch] :
       {std::pair{"infomax", 2}, {"entropy", 3}, {"snd", 1}, {"source", 4}, {"last", 4}, {kOracle, 3}}) {
    EXPECT_EQ(chosen(epochs, "adapt", select).epoch, epoch) << select;
  }
  epochs[3].stage = "self-train";
  EXPECT_EQ(chosen(epochs, "self-train", "infomax").epoch, 4);
  EXPECT_EQ(chosen(epochs, "adapt", "last").epoch, 3);
  const std::vector<DrtEpoch> read = epochs_from_text(to_text(epochs));
  EXPECT_EQ(metrics_csv(read), metrics_csv(epochs));
  EXPECT_THAT(metrics_csv(epochs), HasSubstr("\nself-train,4,"));
}

TEST(PseudoLabels, KeepWhatIsSureAndTheUpperHalfOfHardClasses) {
  const test::Folder folder;
  test::write_two_classes(folder / "data");
  write_file(folder / "data/classes.txt", "above\nbelow, or \"low\"\n");
  const DatasetPtr set = subset(open_dataset(folder / "data"), {0, 1, 2, 3, 4, 5});
  Replies replies;
  replies.top = {0, 0, 0, 1, 1, 1};
  replies.confidence = {0.99, 0.95, 0.92, 0.4, 0.6, 0.5};
  const PseudoLabels labels = pseudo_labels(set, replies, 0.93, 2);
  EXPECT_THAT(labels.thresholds, ElementsAre(0.93, 0.5));
  EXPECT_THAT(labels.set->info().labels, ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(labels.set->where(2), set->where(4));
  EXPECT_THAT(labels.csv, StartsWith("image,class,confidence,used\n" + set->where(0) + ",above,0.99"));
  EXPECT_THAT(labels.csv, HasSubstr("\"below, or \"\"low\"\"\",0.4"));
  EXPECT_THROW(pseudo_labels(set, replies, 0.93, 5), Error);
}

TEST(Parts, ComputeWhatTheWholeNetworkDoes) {
  const Graph graph = build_network("drt_digits", {{"width", "0.25"}, {"head_width", "16"}});
  const TwoHeadedParts parts = parts_of(graph);
  EXPECT_EQ(parts.features, "avgpool");
  EXPECT_EQ(parts.trunk.parameter_count() + parts.heads.parameter_count(), graph.parameter_count());
  EXPECT_EQ(parts.heads.outputs.size(), 2u);
  EXPECT_THROW(parts_of(build_network("resnet8")), Error);
}

}  // namespace
}  // namespace lithe
