// What `lithe bench` measures and shows.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Bench, ProfilesEveryStep) {
  const Outcome outcome = shell("lithe bench micronet_m0 --repeat 3 --min-time 0 --profile --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json profile = json::parse(outcome.out)["profile"];
  double sum = 0, share = 0;
  int64_t steps = 0;
  for (const json& step : profile["steps"]) {
    sum += step["microseconds"].get<double>();
    EXPECT_GT(step["bytes"], 0) << step;
    EXPECT_LT(step["share_of_peak"], 1.5) << step;
  }
  for (const json& kernel : profile["kernels"]) {
    share += kernel["share"].get<double>();
    steps += kernel["steps"].get<int64_t>();
  }
  EXPECT_NEAR(profile["sum_ms"].get<double>() * 1000, sum, 1e-6 * sum);
  EXPECT_NEAR(share, 1, 1e-9);
  EXPECT_EQ(steps, static_cast<int64_t>(profile["steps"].size()));
  EXPECT_GT(profile["peak_gflops"], 0);
  EXPECT_EQ(profile["steps"][0]["input"], json({1, 3, 224, 224}));
}

TEST(Bench, PrintsTheProfileBehindTheTimes) {
  const Outcome outcome = shell("lithe bench micronet_m0 --repeat 1 --min-time 0 --profile");
  EXPECT_THAT(outcome.out, HasSubstr("median_ms"));
  EXPECT_THAT(outcome.out, HasSubstr("peak%"));
  EXPECT_THAT(outcome.out, HasSubstr("the whole pass: "));
}

TEST(Bench, ProfilesOneImageOfItsOwnEngine) {
  EXPECT_EQ(shell("lithe bench micronet_m0 --profile --batch 2").code, 2);
  EXPECT_EQ(shell("lithe bench micronet_m0 --profile --engine opencv").code, 2);
}

TEST(Bench, MeasuresDecodingWithoutANetwork) {
  const Folder folder;
  shell("printf 'P6 4 4 255\\n%048d' 0 > " + folder / "a.ppm" + "; echo nothing > " + folder / "b.txt.png");
  const Outcome outcome = shell("lithe bench --min-time 0 --json --decode-only " + folder.path());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json answer = json::parse(outcome.out);
  EXPECT_EQ(answer["images"], 2);
  EXPECT_EQ(answer["failures"], 1);
  EXPECT_GT(answer["images_per_second"], 0);
  EXPECT_EQ(shell("lithe bench micronet_m0 --decode-only " + folder.path()).code, 2);
  EXPECT_EQ(shell("lithe bench").code, 2);
}

TEST(Bench, MeasuresTrainingSteps) {
  const Outcome outcome =
      shell("lithe bench resnet8 --training --batch 3 --threads 2 --input-size 40 --repeat 2 --min-time 0 --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const json answer = json::parse(outcome.out);
  EXPECT_EQ(answer["steps"], 2);
  EXPECT_EQ(answer["threads"], 2);
  EXPECT_EQ(answer["input"], "3x3x40x40");
  EXPECT_LE(answer["min_ms"], answer["median_ms"]);
  EXPECT_NEAR(
      answer["forward_ms"].get<double>() + answer["backward_ms"].get<double>() + answer["optimizer_ms"].get<double>(),
      answer["median_ms"].get<double>(), 1e-6);
  EXPECT_NEAR(answer["images_per_second"].get<double>() * answer["median_ms"].get<double>(), 3000, 1e-6);
  EXPECT_GT(answer["peak_activations_mb"], 0);
  EXPECT_GT(answer["peak_rss_mb"], answer["peak_activations_mb"]);
}

TEST(Bench, ProfilesTheKernelsOfATrainingStep) {
  const std::string line = "lithe bench resnet8 --training --batch 2 --repeat 1 --min-time 0 --profile";
  const Outcome outcome = shell(line + " --json");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  double share = 0;
  int64_t norms = 0;
  const json answer = json::parse(outcome.out);
  for (const json& row : answer["profile"]) {
    share += row["share"].get<double>();
    EXPECT_GT(row["microseconds"], 0) << row;
    if (row["kernel"] == "batch_norm_training") norms += row["calls"].get<int64_t>();
  }
  EXPECT_NEAR(share, 1, 1e-9);
  EXPECT_EQ(norms, 9);
  EXPECT_THAT(shell(line).out, HasSubstr("all kernels of a step"));
}

TEST(Bench, ChecksTrainingSteps) {
  EXPECT_EQ(shell("lithe bench resnet8 --training").code, 2) << "a batch of one has no statistics";
  EXPECT_EQ(shell("lithe bench resnet8 --training --batch 2 --engine opencv").code, 2);
  EXPECT_EQ(shell("lithe bench resnet8 --training --batch 2 --device opencl").code, 2);
  EXPECT_EQ(shell("lithe bench resnet8 --training --batch 2 --weights-precision bf16").code, 2);
  EXPECT_EQ(shell("lithe bench --training --batch 2 --decode-only .").code, 2);
  EXPECT_EQ(shell("lithe bench --training --batch 2").code, 2);
  const Outcome slow =
      shell("lithe bench resnet8 --training --batch 2 --repeat 1 --min-time 0 --fail-if-slower 0.0001");
  EXPECT_EQ(slow.code, 7);
  EXPECT_THAT(slow.out, HasSubstr("backward_ms: "));
  EXPECT_THAT(slow.err, HasSubstr("were asked for"));
}

// OpenCV would cost 0.1 s and 58 MB before the first image.
TEST(Bench, DoesNotMapOpenCV) {
  const Outcome run = shell("LD_DEBUG=files lithe bench micronet_m0 --repeat 1 --min-time 0");
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.err, HasSubstr("file=liblithe.so"));
  EXPECT_THAT(run.err, testing::Not(HasSubstr("file=libopencv")));
  EXPECT_THAT(run.err, testing::Not(HasSubstr("file=liblithe_vision")));
}

}  // namespace
}  // namespace lithe::test
