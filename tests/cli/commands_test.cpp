// What the commands answer, and with which exit code.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

json json_of(const std::string& line) {
  const Outcome outcome = shell(line);
  EXPECT_EQ(outcome.code, 0) << line << "\n" << outcome.err;
  return json::parse(outcome.out);
}

TEST(Inspect, CountsMicroNet) {
  const json m0 = json_of("lithe inspect micronet_m0 --json");
  EXPECT_EQ(m0["network"], "micronet_m0");
  EXPECT_EQ(m0["parameters"], 1019590);
  int64_t parameters = 0, madds = 0;
  for (const json& layer : m0["layers"]) {
    parameters += layer["parameters"].get<int64_t>();
    madds += layer["madds"].get<int64_t>();
  }
  EXPECT_EQ(parameters, 1019590);
  EXPECT_EQ(m0["madds"], madds);
  EXPECT_LT(m0["madds"], m0["madds_b"]);
  EXPECT_LT(m0["madds_b"], m0["madds_c"]);
}

TEST(Inspect, CountsForAnotherImageSize) {
  const json large = json_of("lithe inspect resnet18 --json");
  const json small = json_of("lithe inspect resnet18 --json --input-size 112");
  EXPECT_EQ(small["input"], json({1, 3, 112, 112}));
  EXPECT_EQ(small["parameters"], large["parameters"]);
  EXPECT_LT(small["madds"].get<int64_t>() * 3, large["madds"].get<int64_t>());
}

TEST(Inspect, PrintsTheTableAndThePublishedFigures) {
  const Outcome table = shell("lithe inspect resnet18");
  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.out, HasSubstr("layer1.0.conv1"));
  EXPECT_THAT(table.out, HasSubstr("1x64x56x56"));
  EXPECT_THAT(table.out, HasSubstr("parameters  11,689,512"));
  EXPECT_THAT(table.out, HasSubstr("published"));
  EXPECT_THAT(shell("lithe inspect resnet18 --set classes=10").out, testing::Not(HasSubstr("published")));
}

TEST(List, NamesNetworksOperatorsPresets) {
  EXPECT_THAT(shell("lithe list networks").out, HasSubstr("dcd_mobilenet_v2"));
  EXPECT_THAT(shell("lithe list operators").out, HasSubstr("dynamic_shift_max"));
  EXPECT_THAT(shell("lithe list presets").out, HasSubstr("inception"));
  for (const std::string what : {"networks", "operators", "presets", "commands"}) {
    for (const json& row : json_of("lithe list " + what + " --json")) {
      EXPECT_FALSE(row["name"].get<std::string>().empty());
      EXPECT_FALSE(row["summary"].get<std::string>().empty()) << row["name"];
    }
  }
}

TEST(Version, IsOneLineOrJson) {
  EXPECT_THAT(shell("lithe version").out, StartsWith("lithe "));
  EXPECT_EQ(shell("lithe --version").out, shell("lithe version").out);
  EXPECT_EQ("lithe " + json_of("lithe version --json")["version"].get<std::string>() + "\n",
            shell("lithe version").out);
}

TEST(Doctor, DescribesKernelsAndOpenCV) {
  const json answer = json_of("lithe doctor --json");
  EXPECT_GT(answer["kernels"]["count"], 0);
  EXPECT_GT(answer["operators"], 10);
  EXPECT_GE(answer["threads"], 1);
  ASSERT_EQ(answer["opencv"]["loaded"], true) << answer;
  EXPECT_THAT(answer["opencv"]["version"].get<std::string>(), StartsWith("4."));
  EXPECT_TRUE(answer["opencv"]["codecs"].contains("JPEG")) << answer;
  EXPECT_EQ(json_of("LITHE_INSTRUCTION_SET=baseline lithe doctor --json")["kernels"]["instruction_set"], "baseline");
}

TEST(OpenCV, IsNotLoadedByNativeCommands) {
  const Folder folder;
  const std::string watch = "LD_DEBUG=files LD_DEBUG_OUTPUT=" + (folder / "log") + " ";
  shell(watch + "lithe inspect micronet_m0; " + watch + "lithe bench micronet_m0 --repeat 1 --min-time 0");
  const std::string log = shell("cat " + (folder / "log") + ".*").out;
  EXPECT_THAT(log, HasSubstr("liblithe.so"));
  EXPECT_THAT(log, testing::Not(HasSubstr("opencv")));
}

TEST(Bench, ReportsTimesAndChecksThem) {
  const json answer = json_of("lithe bench micronet_m0 --batch 2 --repeat 3 --min-time 0 --json");
  for (const char* key : {"network", "engine", "batch", "threads", "device", "load_ms", "first_ms", "min_ms",
                          "median_ms", "images_per_second", "peak_rss_mb"}) {
    EXPECT_TRUE(answer.contains(key)) << key;
  }
  EXPECT_EQ(answer["network"], "micronet_m0");
  EXPECT_EQ(answer["batch"], 2);
  EXPECT_EQ(answer["threads"], 1);
  EXPECT_LE(answer["min_ms"], answer["median_ms"]);
  EXPECT_NEAR(answer["images_per_second"].get<double>() * answer["median_ms"].get<double>(), 2000, 1);
  const std::string line = "lithe bench micronet_m0 --repeat 1 --min-time 0 --fail-if-slower ";
  EXPECT_EQ(shell(line + "100000").code, 0);
  EXPECT_EQ(shell(line + "0.0001").code, 7);
}

TEST(Numbers, OutOfRangeAreUsageErrors) {
  for (const std::string line :
       {"bench micronet_m0 --threads=-1", "bench micronet_m0 --batch 0", "bench micronet_m0 --repeat 0",
        "inspect micronet_m0 --input-size=-5", "export micronet_m0 --output x.onnx --batch=-1"}) {
    const Outcome outcome = shell("lithe " + line);
    EXPECT_EQ(outcome.code, 2) << line;
    EXPECT_THAT(outcome.err, HasSubstr("expected at least")) << line;
  }
}

TEST(ExitCode, OfEveryKindOfError) {
  EXPECT_EQ(cli::exit_code(ErrorKind::kInternal), 1);
  EXPECT_EQ(cli::exit_code(ErrorKind::kUsage), 2);
  EXPECT_EQ(cli::exit_code(ErrorKind::kInput), 4);
  EXPECT_EQ(cli::exit_code(ErrorKind::kDiverged), 5);
  EXPECT_EQ(cli::exit_code(ErrorKind::kOutput), 6);
  EXPECT_EQ(cli::exit_code(ErrorKind::kCheck), 7);
}

#ifndef LITHE_SANITIZED  // sanitizers take terabytes of addresses themselves
TEST(ExitCode, IsOneOutOfMemory) {
  const Outcome outcome = shell("ulimit -v 4000000; lithe bench micronet_m0 --batch 100000");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "error: out of memory\n");
}
#endif

TEST(ExitCode, IsFourForAModelThatCannotBeRead) {
  const Folder folder;
  std::ofstream(folder / "broken.safetensors") << "nothing of the kind";
  const Outcome outcome = shell("lithe inspect " + (folder / "broken.safetensors"));
  EXPECT_EQ(outcome.code, 4) << outcome.err;
  EXPECT_THAT(outcome.err, StartsWith("error: "));
  EXPECT_THAT(outcome.err, HasSubstr("broken.safetensors"));
  EXPECT_EQ(shell("lithe import " + (folder / "none.pth") + " --network resnet18 --output x.safetensors").code, 4);
}

TEST(ExitCode, IsSixWhereOutputIsLost) {
  const Outcome full = shell("lithe list networks > /dev/full");
  EXPECT_EQ(full.code, 6);
  EXPECT_EQ(full.err, "error: standard output: cannot write: No space left on device\n");
  EXPECT_EQ(shell("set -o pipefail; (sleep 0.2; lithe list operators --json) | true").code, 6);
  const Outcome folder = shell("lithe export micronet_m0 --output /nowhere/at/all.onnx");
  EXPECT_EQ(folder.code, 6) << folder.err;
  EXPECT_THAT(folder.err, HasSubstr("/nowhere/at/all.onnx"));
}

}  // namespace
}  // namespace lithe::test
