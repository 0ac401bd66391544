#include "pipelines/core/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  FileTest() { fs::create_directories(folder_); }
  ~FileTest() override { fs::remove_all(folder_); }
  size_t files() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {})); }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("file_test_" + std::to_string(::getpid()));
  const std::string path_ = folder_ / "result";
};

TEST_F(FileTest, WritesWholeOrNotAtAll) {
  write_file(path_, "first");
  EXPECT_EQ(read_file(path_), "first");
  EXPECT_THROW(write_file(path_,
                          [](const auto& append) {
                            append("half");
                            throw Error("interrupted");
                          }),
               Error);
  EXPECT_EQ(read_file(path_), "first");
  EXPECT_EQ(files(), 1u);  // the temporary file is gone
}

TEST_F(FileTest, NoticesThatTheDiskIsFull) {
  write_file(path_, "old");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  ErrorKind kind = ErrorKind::kInternal;
  try {
    write_file(path_, std::string(100'000, 'x'));
  } catch (const Error& error) {
    kind = error.kind();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(kind, ErrorKind::kOutput);
  EXPECT_EQ(read_file(path_), "old");
  EXPECT_EQ(files(), 1u);
}

TEST_F(FileTest, ReadsOnlyRegularFilesUpToTheLimit) {
  write_file(path_, "12345");
  EXPECT_THROW(read_file(path_, 4), Error);
  EXPECT_THROW(read_file(folder_), Error);
  EXPECT_THROW(read_file(folder_ / "missing"), Error);
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW(read_file(pipe), Error);  // and does not wait for a writer
}

TEST_F(FileTest, MapsFiles) {
  write_file(path_, "mapped");
  EXPECT_EQ(MappedFile(path_).bytes(), "mapped");
  write_file(path_, "");
  EXPECT_EQ(MappedFile(path_).bytes(), "");
  EXPECT_THROW(MappedFile(folder_ / "missing"), Error);
}

TEST(Sha256, OfThePublishedExample) {  // FIPS 180-2, appendix B.1
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DidYouMean, NamesTheNearestOfThoseThatAreNear) {
  EXPECT_EQ(did_you_mean("clasify", {"classify", "inspect"}), " (did you mean \"classify\"?)");
  EXPECT_EQ(did_you_mean("xyz", {"classify", "inspect"}), "");
}

}  // namespace
}  // namespace lithe
