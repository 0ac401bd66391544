// `lithe classify`, `validate` and `merge` as users call them; what stands in the records is tests/classify's subject.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// PPM pictures of noise, which need no library to write.
void write_pictures(const Folder& folder, int count) {
  std::mt19937 random(7);
  for (int i = 0; i < count; ++i) {
    std::string pixels(64 * 48 * 3, '\0');
    std::generate(pixels.begin(), pixels.end(), [&] { return static_cast<char>(random()); });
    std::ofstream(folder / (std::to_string(1000 + i) + ".ppm"), std::ios::binary) << "P6\n64 48\n255\n" << pixels;
  }
}

int64_t lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

// The records without their times.
std::string records(const std::string& folder) {
  std::string result;
  std::istringstream text(read_text(folder + "/results.jsonl"));
  for (std::string line; std::getline(text, line);) {
    auto record = nlohmann::json::parse(line);
    record.erase("timings");
    result += record.dump() + "\n";
  }
  return result;
}

class Classify : public testing::Test {
 protected:
  std::string line(const std::string& more = "") const {
    return "lithe classify " + images_.path() + " --model micronet_m0 --output " + out_ + " " + more;
  }
  Folder images_, folder_;
  std::string out_ = folder_ / "out";
};

TEST_F(Classify, WritesOneRecordPerImage) {
  write_pictures(images_, 5);
  const Outcome outcome = shell(line());
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("5 images"));
  EXPECT_EQ(lines(records(out_)), 5);
  EXPECT_EQ(shell("lithe validate " + out_).code, 0);
  const Outcome again = shell(line("--set classes=10"));
  EXPECT_EQ(again.code, 2) << "another configuration: " << again.err;
}

TEST_F(Classify, ExitsWithThreeIfSomeFailAndFourIfAllDo) {
  std::ofstream(images_ / "broken.jpg") << "no picture";
  EXPECT_EQ(shell(line()).code, 4);
  write_pictures(images_, 2);
  const Outcome outcome = shell(line("--fresh"));
  EXPECT_EQ(outcome.code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("1 failed"));
  EXPECT_EQ(shell("lithe validate " + out_).code, 0);
}

TEST_F(Classify, RefusesAWrongCallBeforeItWritesAnything) {
  EXPECT_EQ(shell(line("--engine halid")).code, 2);
  EXPECT_EQ(shell("lithe classify --model micronet_m0 --output " + out_).code, 2);
  EXPECT_EQ(shell("lithe classify " + images_.path() + " --model none.safetensors --output " + out_).code, 4);
  EXPECT_NE(shell("lithe classify /no/such/folder --model micronet_m0 --output " + out_).code, 0);
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Classify, DryRunPrintsAndWritesNothing) {
  write_pictures(images_, 3);
  const Outcome outcome = shell(line("--dry-run"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(nlohmann::json::parse(outcome.out).is_object());
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Classify, ProgressGoesToStandardError) {
  write_pictures(images_, 4);
  EXPECT_THAT(shell(line("--quiet")).err, IsEmpty());
  const Outcome outcome = shell(line("--fresh --batch 2 --progress json"));
  std::istringstream text(outcome.err);
  nlohmann::json last;
  for (std::string row; std::getline(text, row);) {
    const auto state = nlohmann::json::parse(row);
    if (state.contains("done")) last = state;
  }
  EXPECT_EQ(last["done"], 4);
  EXPECT_EQ(last["total"], 4);
  EXPECT_EQ(last["failed"], 0);
  EXPECT_THAT(shell(line("--fresh --progress plain")).err, HasSubstr("4/4  100%"));
  EXPECT_THAT(shell(line("--fresh --progress bar")).err, HasSubstr("[####"));
  EXPECT_THAT(shell(line("--fresh --progress none")).err, testing::Not(HasSubstr("4/4")));
}

TEST_F(Classify, SignalsFinishTheBatchAndTheSameCommandContinues) {
  write_pictures(images_, 400);
  for (const auto& [signal, code] : {std::pair("INT", 130), std::pair("TERM", 143)}) {
    // bash starts background jobs with SIGINT ignored; a job of its own group under `set -m` is not.
    const Outcome stopped =
        shell("rm -rf " + out_ + "; set -m\n" + line("--batch 4 --threads 1 & job=$!") + "\nuntil [ -s " + out_ +
              "/results.jsonl ] || ! kill -0 $job; do sleep 0.01; done\nkill -" + signal + " $job; wait $job");
    EXPECT_EQ(stopped.code, code) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("same command"));
    EXPECT_LT(lines(records(out_)), 400);
    EXPECT_EQ(lines(records(out_)) % 4, 0) << "whole batches";
  }
  EXPECT_EQ(shell(line("--batch 4 --threads 1")).code, 0);
  const std::string resumed = records(out_);
  EXPECT_EQ(shell(line("--batch 4 --threads 1 --fresh")).code, 0);
  EXPECT_EQ(records(out_), resumed);
}

TEST_F(Classify, ASecondSignalStopsAtOnce) {
  write_pictures(images_, 400);
  const std::string call = "lithe classify " + images_.path() + " --model resnet18 --batch 400 --output " + out_;
  const Outcome stopped = shell("set -m\n" + call + R"( & job=$!
until (( 0x$(awk '/SigCgt/ { print $2 }' /proc/$job/status) & 2 )) || ! kill -0 $job; do sleep 0.01; done
kill -INT $job; sleep 0.1; kill -INT $job; wait $job)");
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_THAT(stopped.err, HasSubstr("again: stop at once"));
  std::error_code missing;
  EXPECT_LE(std::filesystem::file_size(out_ + "/results.jsonl", missing) + 1, 1u) << "the batch was not awaited";
}

TEST_F(Classify, ShardsMergeIntoTheWhole) {
  write_pictures(images_, 7);
  const std::string call = "lithe classify " + images_.path() + " --model micronet_m0 --quiet --output " + out_;
  EXPECT_EQ(shell(call + "; " + call + "1 --shard 1/2; " + call + "2 --shard 2/2").code, 0);
  const Outcome merged = shell("lithe merge " + out_ + "1 " + out_ + "2 --output " + out_ + "3");
  EXPECT_EQ(merged.code, 0) << merged.err;
  EXPECT_EQ(records(out_ + "3"), records(out_));
  EXPECT_NE(shell("lithe merge " + out_ + "1 --output " + out_ + "4").code, 0) << "a shard is missing";
}

TEST_F(Classify, ValidateFindsWhatIsWrong) {
  write_pictures(images_, 2);
  shell(line());
  shell("head -1 " + out_ + "/results.jsonl >> " + out_ + "/results.jsonl");
  const Outcome outcome = shell("lithe validate " + out_);
  EXPECT_EQ(outcome.code, 7);
  EXPECT_THAT(outcome.err, testing::StartsWith("error: "));
  EXPECT_EQ(shell("lithe validate " + images_.path()).code, 4) << "no results at all";
}

TEST_F(Classify, NeedsNoNetwork) {
  if (shell("unshare -rn true").code != 0) GTEST_SKIP() << "unshare is not permitted here";
  write_pictures(images_, 2);
  EXPECT_EQ(shell("unshare -rn " + line()).code, 0);
}

}  // namespace
}  // namespace lithe::test
