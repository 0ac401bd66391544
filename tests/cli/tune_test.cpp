// The search as users run it: compiled, killed, continued, looked after.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "pipelines/core/random.h"
#include "pipelines/formats/safetensors.h"
#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// One small network and a cache of its own.
class Tune : public testing::Test {
 protected:
  Outcome run(const std::string& line) const {
    return shell("export LITHE_KERNEL_CACHE=" + cache_ + " XDG_CACHE_HOME=/nonexistent\n" + line);
  }
  std::vector<json> records() const {
    std::vector<json> lines;
    std::istringstream text(read_text(cache_ + "/kernels.jsonl"));
    for (std::string line; std::getline(text, line);) {
      lines.push_back(json::parse(line, nullptr, false));
      EXPECT_TRUE(lines.back().is_object()) << line;
    }
    return lines;
  }
  void expect_no_candidate_twice() const {
    std::set<std::string> seen;
    for (const json& r : records()) {
      const std::string spec = r.contains("kernel") ? r["kernel"] : r["tried"];
      EXPECT_TRUE(seen.insert(spec + " " + r["tile"].dump()).second) << spec << " " << r["tile"];
    }
  }

  const Folder folder_;
  const std::string cache_ = folder_ / "kernels";
};

constexpr char kNetwork[] = "micronet_m0 --set input_size=64", kFewKernels[] = "resnet18 --set input_size=32";

TEST_F(Tune, NeverSlowerAndTheSameBits) {
  const RandomStream random(1, "image");
  Tensor image({1, 3, 64, 64});
  for (int64_t i = 0; i < image.size(); ++i)
    image.data()[i] = static_cast<float>(random.normal(static_cast<uint64_t>(i)));
  write_safetensors(folder_ / "in", {{"input", image}}, {});
  const auto outputs = [&](const std::string& setting) {
    const std::string file = folder_ / "out";
    EXPECT_EQ(
        run(setting + " lithe run --input " + (folder_ / "in") + " --output " + file + " --model " + kNetwork).code, 0);
    return read_text(file);
  };
  const std::string before = outputs("");
  const Outcome first = run(std::string("lithe tune --json --budget 10s ") + kNetwork);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(outputs(""), before);
  EXPECT_EQ(outputs("LITHE_KERNEL_CACHE=none"), before);
  const json report = json::parse(first.out);
  EXPECT_GT(report["candidates"], 0);
  for (const json& r : records())
    EXPECT_THAT(r.value("refused", "bits"), HasSubstr("bits")) << "did not compile: " << r;
  for (const json& kernel : report["kernels"]) {
    EXPECT_LE(kernel["after_us"].get<double>(), 1.1 * kernel["before_us"].get<double>()) << kernel;
  }
  EXPECT_LE(report["after_ms"].get<double>(), 1.05 * report["before_ms"].get<double>());
  expect_no_candidate_twice();
}

// The command itself compares the bits of outputs and gradients with those of before.
TEST_F(Tune, CompilesTheKernelsOfATrainingStep) {
  const std::string line = "lithe tune --training --batch 3 --json --quiet --budget 0 resnet8";
  const Outcome first = run(line);
  ASSERT_EQ(first.code, 0) << first.err;
  const json report = json::parse(first.out);
  std::set<std::string> kernels;
  for (const json& kernel : report["kernels"]) {
    const std::string spec = kernel["kernel"];
    kernels.insert(spec.substr(0, spec.find(' ')));
  }
  EXPECT_EQ(kernels.count("batch_norm_training") + kernels.count("relu_dx") + kernels.count("linear_dw"), 3);
  for (const json& r : records())
    EXPECT_THAT(r.value("refused", "bits"), HasSubstr("bits")) << "did not compile: " << r;
  const Outcome again = run(line);  // with kernels that are there
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(json::parse(again.out)["candidates"], 0);
  EXPECT_EQ(run("lithe tune --training --shipped").code, 2);
}

TEST_F(Tune, ContinuesAfterAKill) {
  size_t before = 0;
  for (int round = 0; round < 3; ++round) {
    // Killed in the middle of whatever follows its first records.
    run(std::string("lithe tune --quiet --budget 300s ") + kNetwork + " &\n" + "until [ $(cat " + cache_ +
        "/kernels.jsonl 2> /dev/null | wc -l) -gt " + std::to_string(before + 2) +
        " ] || ! kill -0 $! 2> /dev/null; do sleep 0.05; done\nkill -KILL $!; wait");
    EXPECT_GT(records().size(), before);
    before = records().size();
  }
  const Outcome last = run(std::string("lithe tune --quiet --json --budget 8s ") + kNetwork);
  EXPECT_EQ(last.code, 0) << last.err;
  EXPECT_GT(records().size(), before);
  expect_no_candidate_twice();
  // The compiler of a killed run finishes its kernel; the next run removes that.
  EXPECT_EQ(run("lithe tune clean").code, 0);
  EXPECT_EQ(shell("ls " + cache_ + "/candidate.* 2>/dev/null").out, "");
}

TEST_F(Tune, LooksAfterItsKernels) {
  ASSERT_EQ(run(std::string("lithe tune --quiet --budget 0 ") + kFewKernels).code, 0);
  EXPECT_THAT(run("lithe tune ls").out, HasSubstr("conv2d"));
  EXPECT_EQ(run("lithe tune verify").code, 0);
  const json doctor = json::parse(run("lithe doctor --json").out)["kernel_cache"];
  EXPECT_EQ(doctor["folders"][0], cache_);
  EXPECT_GT(doctor["usable"], 0);

  ASSERT_EQ(run("lithe tune export " + (folder_ / "tiles")).code, 0);
  EXPECT_THAT(read_text(folder_ / "tiles"), Not(HasSubstr("sha256")));
  EXPECT_EQ(run("LITHE_KERNEL_CACHE=" + (folder_ / "other") + " lithe tune import " + (folder_ / "tiles")).code, 0);
  EXPECT_EQ(run("lithe tune import " LITHE_SOURCE_DIR "/README.md").code, 4);

  ASSERT_EQ(shell("for f in " + cache_ + "/*.so; do echo >> $f; break; done").code, 0);
  const Outcome damaged = run("lithe tune verify");
  EXPECT_EQ(damaged.code, 7);
  EXPECT_THAT(damaged.out, HasSubstr("torn or altered"));
  EXPECT_THAT(run("lithe doctor").out, HasSubstr("torn or altered"));
  EXPECT_EQ(run(std::string("lithe bench --min-time 0 --repeat 1 ") + kFewKernels).code, 0)
      << "runs the generic kernel";
}

TEST_F(Tune, SaysWhatIsMissing) {
  const Outcome compiler = run("LITHE_KERNELC=/nonexistent lithe tune micronet_m0");
  EXPECT_EQ(compiler.code, 2);
  EXPECT_THAT(compiler.err, HasSubstr("LITHE_KERNELC"));
  EXPECT_EQ(run("LITHE_KERNEL_CACHE=none lithe tune micronet_m0").code, 2);
  EXPECT_EQ(run("lithe tune").code, 2);
  EXPECT_EQ(run("lithe tune micronet_m0 --budget soon").code, 2);
  EXPECT_EQ(run("lithe tune micronet_m0 surplus").code, 2);
  EXPECT_EQ(run("lithe tune export").code, 2);
  EXPECT_EQ(run("lithe tune micronet_mO").code, 2);
}

TEST_F(Tune, AFolderThatOthersMayWriteIsNotUsed) {
  shell("mkdir " + cache_ + "; chmod 777 " + cache_);
  const Outcome refused = run("lithe tune micronet_m0 --budget 0");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("others may write it"));
  EXPECT_THAT(run("lithe doctor").out, HasSubstr("others may write it"));
}

}  // namespace
}  // namespace lithe::test
