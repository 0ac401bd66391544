// The commands as users run them.
#include <gmock/gmock.h>

#include <cmath>
#include <csignal>

#include <nlohmann/json.hpp>

#include "tests/trainers/killed.h"
#include "tests/trainers/two_classes.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

class TrainProgram : public testing::Test {
 protected:
  TrainProgram() { write_two_classes(folder_ / "data"); }

  std::string train(const std::string& run, const std::string& options, const std::string& data = "data") const {
    return "lithe train classify --data " + (folder_ / data) + " --model resnet8 --set width=0.25 --batch 24 " +
           "--output " + (folder_ / run) + " " + options;
  }

  const Folder folder_;
};

TEST_F(TrainProgram, EndsWithTheSameBitsAfterAKill) {
  const std::string options = "--epochs 6 --lr 0.05 --ema 0.9";
  ASSERT_EQ(shell(train("whole", options)).code, 0);
  // Killed in the middle of whatever follows its first checkpoint.
  const Outcome killed =
      killed_when("-n \"$(ls " + (folder_ / "killed/checkpoints") + " 2> /dev/null)\"", train("killed", options));
  EXPECT_EQ(killed.code, 128 + SIGKILL);
  const Outcome again = shell(train("killed", options));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_text(folder_ / "killed/best.safetensors"), read_text(folder_ / "whole/best.safetensors"));
  EXPECT_EQ(read_text(folder_ / "killed/last.safetensors"), read_text(folder_ / "whole/last.safetensors"));
  const Outcome done = shell(train("killed", options));
  EXPECT_EQ(done.code, 0) << "nothing is left to do";
}

TEST_F(TrainProgram, EvaluatesWhatItTrained) {
  ASSERT_EQ(shell(train("run", "--epochs 3 --lr 0.05")).code, 0);
  const std::string evaluate = "lithe evaluate --model " + (folder_ / "run/best.safetensors") + " --data ";
  const Outcome json = shell(evaluate + (folder_ / "data") + " --json");
  ASSERT_EQ(json.code, 0) << json.err;
  const auto report = nlohmann::json::parse(json.out);
  EXPECT_EQ(report["images"], kTwoClassesImages);
  EXPECT_GE(report["top1"]["value"], 0.9);
  EXPECT_LE(report["top1"]["low"], report["top1"]["value"]);
  EXPECT_EQ(report["confusion"].size(), 2u);
  EXPECT_THAT(shell(evaluate + (folder_ / "data") + " --report " + (folder_ / "page.html")).out, HasSubstr("top-1"));
  EXPECT_THAT(read_text(folder_ / "page.html"), HasSubstr("--report " + (folder_ / "page.html")));
  EXPECT_EQ(shell(evaluate + "/nowhere").code, 4);
}

TEST_F(TrainProgram, TakesNamesThatAreNoUtf8) {
  const std::string data = folder_ / "caf\xe9", trained = folder_ / "run/best.safetensors";
  write_two_classes(data);
  write_file(data + "/classes.txt", "caf\xe9\nth\xe9\n");
  const Outcome run = shell(train("run", "--epochs 1 --lr 0.05", "caf\xe9"));
  ASSERT_EQ(run.code, 0) << run.err;
  const Outcome json = shell("lithe evaluate --model " + trained + " --data " + data + " --json");
  ASSERT_EQ(json.code, 0) << json.err;
  EXPECT_EQ(nlohmann::json::parse(json.out)["classes"][0]["name"], "caf\\xE9");
  EXPECT_EQ(shell(train("run", "--epochs 1 --lr 0.05", "caf\xe9")).code, 0) << "nothing is left to do";
}

TEST_F(TrainProgram, SeveralSeedsHaveAMeanAndADeviation) {
  const Outcome run = shell(train("runs", "--epochs 1 --lr 0.05 --seed 4 --seeds 3"));
  ASSERT_EQ(run.code, 0) << run.err;
  const auto report = nlohmann::json::parse(read_text(folder_ / "runs/seeds.json"));
  ASSERT_EQ(report["runs"].size(), 3u);
  double sum = 0, squares = 0;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(report["runs"][i]["seed"], 4 + i);
    const double top1 = report["runs"][i]["validation_top1"];
    sum += top1, squares += top1 * top1;
    EXPECT_TRUE(std::filesystem::exists(folder_ / ("runs/seed-" + std::to_string(4 + i) + "/best.safetensors")));
  }
  EXPECT_NEAR(report["mean"], sum / 3, 1e-12);
  EXPECT_NEAR(report["deviation"], std::sqrt((squares - sum * sum / 3) / 2), 1e-7);
}

TEST_F(TrainProgram, SaysWhatIsWrong) {
  const Outcome diverged = shell(train("run", "--epochs 3 --lr 1e30"));
  EXPECT_EQ(diverged.code, 5);
  EXPECT_THAT(diverged.err, HasSubstr("of epoch 1"));
  EXPECT_EQ(shell(train("other", "--epochs 0")).code, 2);
  EXPECT_EQ(shell(train("other", "--freeze 'head.*'")).code, 2);
  EXPECT_EQ(shell(train("other", "--init " + (folder_ / "none"))).code, 4);
  EXPECT_EQ(shell("lithe train segment --data x --model y --output z").code, 2);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "other/run.json"));
}

}  // namespace
}  // namespace lithe::test
