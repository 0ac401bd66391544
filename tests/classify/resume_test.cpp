// A run that was stopped, killed or torn ends with the records of one that was not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include "pipelines/core/threads.h"
#include "tests/classify/job.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

class Resume : public JobTest {
 protected:
  Resume() {
    add_pictures(10);
    add("broken.jpg", "no picture");
    add_pictures_named("x", 8);
    options_.output = folder_ + "/whole";
    run();
    whole_ = contents(results_file(options_.output));
    whole_records_ = records_here();
    options_.output = folder_ + "/out";
  }
  void add_pictures_named(const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) add(prefix + std::to_string(i) + ".ppm", ppm(static_cast<unsigned>(100 + i)));
  }
  std::string whole_, whole_records_;
};

TEST_F(Resume, AfterAnInterruption) {
  set_threads(1);  // so that no more than three batches are under way
  StopAfter progress(1);
  const Summary stopped = run(progress);
  set_threads(0);
  EXPECT_TRUE(stopped.interrupted);
  EXPECT_LT(stopped.recorded, stopped.inputs);
  EXPECT_EQ(stopped.recorded % 4, 0) << "batches are finished";
  EXPECT_EQ(whole_records_.rfind(records_here(), 0), 0u) << "a prefix of the whole";
  StopAfter rest;
  const Summary resumed = run(rest);
  EXPECT_EQ(rest.already, stopped.recorded);
  EXPECT_EQ(resumed.recorded, resumed.inputs);
  EXPECT_EQ(resumed.failures, 1) << "those of the first part count";
  EXPECT_EQ(records_here(), whole_records_);
}

TEST_F(Resume, AfterATearAtAnyByte) {
  run();
  const size_t from = whole_.rfind('\n', whole_.rfind('\n', whole_.size() - 2) - 1);  // the last two records and a bit
  for (size_t kept = from - 3; kept <= whole_.size(); kept += 1 + kept % 3) {
    write_bytes(results_file(options_.output), whole_.substr(0, kept));
    EXPECT_EQ(run().recorded, 19);
    EXPECT_EQ(records_here(), whole_records_) << kept;
  }
  write_bytes(results_file(options_.output), whole_ + std::string(300, '\0'));
  run();
  EXPECT_EQ(records_here(), whole_records_) << "a tail that the system had reserved, but not written";
}

TEST_F(Resume, ADamagedLineIsNotPassedOver) {
  run();
  std::string damaged = whole_;
  damaged[damaged.find("\"top\"") + 1] = 'x';
  write_bytes(results_file(options_.output), damaged);
  EXPECT_THAT(error(ErrorKind::kInput), HasSubstr("results.jsonl:1: not a record"));
  EXPECT_EQ(contents(results_file(options_.output)), damaged) << "nothing was thrown away";
}

TEST_F(Resume, TwoProcessesDoNotMix) {
  run();
  const int file = ::open(results_file(options_.output).c_str(), O_RDWR);
  ASSERT_EQ(::flock(file, LOCK_EX), 0);
  options_.fresh = true;
  EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("another process"));
  ::close(file);
  EXPECT_EQ(records_here(), whole_records_) << "not even --fresh touches it";
}

TEST_F(Resume, ShardsMergeIntoTheWhole) {
  std::vector<std::string> parts;
  for (const char* shard : {"3/3", "1/3", "2/3"}) {
    options_.shard = shard;
    options_.output = parts.emplace_back(folder_ + "/part" + shard[0]);
    run();
  }
  const std::string merged = folder_ + "/merged";
  EXPECT_EQ(merge_results(parts, merged), 19);
  EXPECT_EQ(records(merged), whole_records_);
  EXPECT_TRUE(validate_results(merged).problems.empty());
  options_.output = merged;
  options_.shard = "";
  EXPECT_EQ(run().images, 0) << "as if the whole had been run here";

  const auto refusal = [&](const std::vector<std::string>& folders) -> std::string {
    try {
      merge_results(folders, folder_ + "/other");
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({parts[0], parts[1]}), HasSubstr("shard 2 of 3 is missing"));
  EXPECT_THAT(refusal({parts[0], parts[1], parts[1]}), HasSubstr("is shard 1"));
  options_.shard = "2/3";
  options_.output = parts[2] + "other";
  setup_.hash = "other";
  run();
  EXPECT_THAT(refusal({parts[0], parts[1], options_.output}), HasSubstr("model/hash"));
  const std::string lines = contents(results_file(parts[0]));
  write_bytes(results_file(parts[0]), lines.substr(0, lines.find('\n') + 1));
  EXPECT_THAT(refusal(parts), HasSubstr("1 of 7 inputs have a record"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/other"));
}

TEST_F(Resume, ShardsAreChecked) {
  for (const char* shard : {"0/2", "3/2", "1", "1/2/3", "a/b", "-1/2"}) {
    options_.shard = shard;
    EXPECT_THAT(error(ErrorKind::kUsage), HasSubstr("--shard")) << shard;
  }
}

}  // namespace
}  // namespace lithe::test
