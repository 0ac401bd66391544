// --weights-precision, on every command that takes it.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "pipelines/formats/safetensors.h"
#include "pipelines/networks/calibrate.h"
#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr char kBench[] = "lithe bench micronet_m0 --repeat 1 --min-time 0 --json";

TEST(WeightsPrecision, BenchSaysWhatItChanges) {
  const json full = json::parse(shell(kBench).out);
  EXPECT_FALSE(full.contains("weights_precision") || full.contains("difference_from_f32"));
  double last = 0;
  for (const std::string type : {"f16", "bf16"}) {
    const Outcome outcome = shell(std::string(kBench) + " --profile --weights-precision " + type);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const json half = json::parse(outcome.out);
    EXPECT_EQ(half["weights_precision"], type);
    EXPECT_GT(half["difference_from_f32"], last);
    EXPECT_LT(half["difference_from_f32"], 0.1);
    last = half["difference_from_f32"];
    EXPECT_THAT(half["profile"]["kernels"].dump(), HasSubstr("\"linear_" + type + "\""));
    EXPECT_THAT(half["profile"]["kernels"].dump(), HasSubstr("\"planar_pointwise\"")) << "has no such weights";
  }
}

TEST(WeightsPrecision, RunGivesNearlyTheSameOutputs) {
  const Folder folder;
  write_safetensors(folder / "in", {{"input", noise_images(1, 3, 64, 64, 20)}}, {});
  const auto output = [&](const std::string& more) {
    const Outcome outcome = shell("lithe run --model micronet_m0 --set input_size=64 --input " + (folder / "in") +
                                  " --output " + (folder / "out") + " " + more);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return read_safetensors(folder / "out").tensors.at("output").clone();
  };
  const Tensor full = output("");
  EXPECT_EQ(relative_difference(output("--weights-precision f32"), full), 0);
  const double difference = relative_difference(output("--weights-precision bf16"), full);
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, 0.1);
}

TEST(WeightsPrecision, IsPartOfAJobsConfiguration) {
  const Folder folder;
  shell("printf 'P6 300 300 255\\n%0270000d' 0 > " + folder / "a.ppm");
  const std::string line =
      "lithe classify " + (folder / "a.ppm") + " --model micronet_m0 --output " + (folder / "out") + " ";
  const Outcome outcome = shell(line + "--weights-precision bf16");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(json::parse(read_text((folder / "out") + "/run.json"))["configuration"]["weights_precision"], "bf16");
  EXPECT_EQ(shell(line + "--weights-precision bf16").code, 0);
  const Outcome other = shell(line);
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("weights_precision"));
}

TEST(WeightsPrecision, IsRefusedWhereItMeansNothing) {
  const auto refused = [](const std::string& line, const std::string& reason) {
    const Outcome outcome = shell("lithe " + line);
    EXPECT_EQ(outcome.code, 2) << line;
    EXPECT_THAT(outcome.err, HasSubstr(reason)) << line;
  };
  refused("bench micronet_m0 --weights-precision fp16", "--weights-precision");
  refused("tune micronet_m0 --weights-precision half", "--weights-precision");
  refused("bench micronet_m0 --engine opencv --weights-precision bf16", "leave out --engine");
  refused("classify " LITHE_SOURCE_DIR
          "/README.md --model micronet_m0 --output x --engine opencv --weights-precision bf16",
          "leave out --engine");
  refused("run --model micronet_m0 --input x --output y --value z --weights-precision bf16",
          "leave out --weights-precision");
}

// The search takes kernels with half weights for what they are: by their name and by their words.
TEST(WeightsPrecision, IsTuned) {
  const Folder folder;
  const Outcome outcome =
      shell("export LITHE_KERNEL_CACHE=" + (folder / "kernels") +
            "\nlithe tune --quiet --budget 0 --weights-precision bf16 resnet18 --set input_size=32");
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::istringstream text(read_text((folder / "kernels") + "/kernels.jsonl"));
  int half = 0;
  for (std::string line; std::getline(text, line);) {
    const json record = json::parse(line);
    if (record.value("kernel", record.value("tried", "")).rfind("linear_bf16 ", 0) != 0) continue;
    ++half;
    EXPECT_EQ(record["error"], 0) << record;
    EXPECT_THAT(record.value("refused", ""), "") << record;
  }
  EXPECT_GT(half, 0);
}

}  // namespace
}  // namespace lithe::test
