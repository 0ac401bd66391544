// `lithe adapt drt` killed and continued, and with several seeds.
#include <gmock/gmock.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/trainers/killed.h"
#include "tests/trainers/two_classes.h"

namespace lithe::test {
namespace {

class AdaptRuns : public testing::Test {
 protected:
  AdaptRuns() { write_two_classes(folder_ / "data"); }

  std::string adapt(const std::string& run, const std::string& options) const {
    return "lithe adapt drt --source a=" + (folder_ / "data") + " --target b=" + (folder_ / "data") +
           " --model drt_digits --set width=0.25 --recipe digits-table --batch 16 --output " + (folder_ / run) + " " +
           options;
  }

  const Folder folder_;
};

TEST_F(AdaptRuns, EndWithTheSameBitsAfterAKillInEitherStage) {
  const std::string options = "--method drt+st --oracle --epochs 3 --steps 8 --st-epochs 3";
  ASSERT_EQ(shell(adapt("whole", options)).code, 0);
  // What is waited for is written before the checkpoint of its epoch, or at the start of the second stage.
  for (const char* const file : {"metrics.csv", "pseudo_labels.csv", "self-train.safetensors"}) {
    const Outcome killed = killed_when("-e " + (folder_ / "killed/") + file, adapt("killed", options));
    EXPECT_EQ(killed.code, 128 + SIGKILL) << file << "\n" << killed.err;
  }
  const Outcome again = shell(adapt("killed", options));
  EXPECT_EQ(again.code, 0) << again.err;
  for (const char* const file :
       {"adapt.safetensors", "adapt.ORACLE.safetensors", "self-train.safetensors", "self-train.ORACLE.safetensors",
        "best.safetensors", "pseudo_labels.csv", "embedding.svg"}) {
    EXPECT_EQ(read_text(folder_ / "killed/" + file), read_text(folder_ / "whole/" + file)) << file;
  }
}

TEST_F(AdaptRuns, AreNotMeasuredOnClassesThatNoSourceHas) {
  write_file(folder_ / "data/t10k-images-idx3-ubyte", idx({3, 32, 32}, std::vector<int>(3 * 32 * 32)));
  write_file(folder_ / "data/t10k-labels-idx1-ubyte", idx({3}, {0, 1, 2}));
  const Outcome run = shell(adapt("run", ""));
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, testing::HasSubstr("target b: its split test has the class \"2\", which no source has"));
}

TEST_F(AdaptRuns, SeveralSeedsHaveAMeanAndADeviation) {
  const std::string options = "--method source-only --epochs 1 --steps 4 --seed 4 --seeds 2";
  const Outcome run = shell(adapt("runs", options));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, testing::HasSubstr("over 2 seeds"));
  const auto seeds = nlohmann::json::parse(read_text(folder_ / "runs/seeds.json"));
  ASSERT_EQ(seeds["runs"].size(), 2u);
  double sum = 0;
  for (int i = 0; i < 2; ++i) {
    const auto summary =
        nlohmann::json::parse(read_text(folder_ / ("runs/seed-" + std::to_string(4 + i) + "/summary.json")));
    EXPECT_EQ(seeds["runs"][i]["seed"], 4 + i);
    EXPECT_EQ(seeds["runs"][i]["stage"], "adapt");
    EXPECT_EQ(seeds["runs"][i]["top1"], summary["target"]["top1"]);
    sum += seeds["runs"][i]["top1"].get<double>();
  }
  EXPECT_NEAR(seeds["mean"], sum / 2, 1e-12);
  EXPECT_GE(seeds["deviation"], 0);
  ASSERT_EQ(shell(adapt("plain", options + " --unlabelled-target")).code, 0);
  EXPECT_FALSE(nlohmann::json::parse(read_text(folder_ / "plain/seeds.json")).contains("mean"));
}

}  // namespace
}  // namespace lithe::test
