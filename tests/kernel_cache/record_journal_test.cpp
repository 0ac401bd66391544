// The journal under kills, two writers, a full disk and a read-only folder.
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <limits>

#include "tests/kernel_cache/cache_fixture.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& file) { return read_file(file); }

TEST_F(CacheTest, RecordsReadAsTheyWereWritten) {
  KernelRecord r = keep(1);
  r.tile = {{"rows", 7}, {"panels", 2}}, r.plan = "micronet_m1 \"160\"", r.error = 1e-7;
  const KernelRecord read = parse_kernel_record(to_line(r));
  EXPECT_EQ(to_line(read), to_line(r));
  EXPECT_EQ(read.kernel(), "pointwise");
  EXPECT_EQ(spec_of_kept(to_line(r)), kSpec);
  EXPECT_EQ(r.identity.mismatch(read.identity), "");
  KernelRecord tried = r;
  tried.file.clear(), tried.sha256.clear(), tried.refused = "other bits";
  EXPECT_EQ(spec_of_kept(to_line(tried)), "");
  tried.error = std::numeric_limits<double>::infinity();  // no number in JSON
  EXPECT_EQ(parse_kernel_record(to_line(tried)).refused, "other bits");
  EXPECT_GT(parse_kernel_record(to_line(tried)).error, 1e300);
  for (const char* line : {"", "{}", "[]", "{\"kernel\":1}", "{\"kernel\":\"x\",\"tile\":[]}"}) {
    EXPECT_THROW(parse_kernel_record(line), Error) << line;
  }
}

TEST_F(CacheTest, ATornLastLineCostsThatLineOnly) {
  record(keep(1));
  const std::string whole = text_of(journal_), line = to_line(keep(2));
  for (size_t cut = 0; cut <= line.size(); cut += 37) {
    std::ofstream(journal_, std::ios::trunc) << whole << line.substr(0, cut);
    EXPECT_EQ(found(), "1") << cut;
    record(keep(2));  // the next one closes it off
    EXPECT_EQ(found(), "2") << cut;
  }
}

TEST_F(CacheTest, TwoWritersLoseNothing) {
  constexpr int kWriters = 4, kLines = 50;
  for (int writer = 0; writer < kWriters; ++writer) {
    if (::fork() != 0) continue;
    for (int i = 0; i < kLines; ++i) {
      record(keep(1, "linear w=" + std::to_string(writer) + " i=" + std::to_string(i)));
      if (i % 20 == 19) edit_lines(journal_, [](std::string_view text) { return std::string(text); });
    }
    ::_exit(0);
  }
  for (int writer = 0; writer < kWriters; ++writer) ::wait(nullptr);
  int lines = 0;
  each_line(text_of(journal_), [&](std::string_view line, int) {
    EXPECT_NO_THROW(parse_kernel_record(line));
    ++lines;
  });
  EXPECT_EQ(lines, kWriters * kLines);
}

TEST_F(CacheTest, AKilledWriterLeavesWholeRecords) {
  for (int round = 0; round < 10; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (;;) record(keep(1));
    }
    ::usleep(static_cast<useconds_t>(2000 + 1000 * round));
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    record(keep(1));
    each_line(text_of(journal_), [&](std::string_view line, int) {
      if (line.back() == '}') {  // else torn, and closed off by the next writer
        EXPECT_NO_THROW(parse_kernel_record(line));
      }
    });
    EXPECT_EQ(found(), "1");
  }
}

TEST_F(CacheTest, AFullDiskLeavesTheJournalAsItWas) {
  record(keep(1));
  const std::string before = text_of(journal_);
  rlimit unlimited{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = unlimited;
  small.rlim_cur = before.size() + 100;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string reason;
  ErrorKind kind = ErrorKind::kInternal;
  try {
    append_line(journal_, std::string(1000, ' '));
  } catch (const Error& e) {
    reason = e.what(), kind = e.kind();
  }
  setrlimit(RLIMIT_FSIZE, &unlimited);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(kind, ErrorKind::kOutput);
  EXPECT_THAT(reason, HasSubstr("cannot write"));
  EXPECT_EQ(text_of(journal_), before);
  EXPECT_EQ(found(), "1");
}

TEST_F(CacheTest, AFolderThatCannotBeWrittenIsAnOutputError) {
  try {
    append_line(folder_ / "missing" / CacheFolder::kJournal, "{}");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kOutput);
    EXPECT_THAT(e.what(), HasSubstr("cannot open"));
  }
}

}  // namespace
}  // namespace lithe::test
