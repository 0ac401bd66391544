// What is used and what is a miss, with its reason.
#include <thread>

#include "tests/kernel_cache/cache_fixture.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(CacheTest, FindsWhatWasRecordedForExactlyThisCall) {
  EXPECT_EQ(found(), "");
  record(keep(1));
  KernelCache fresh = cache();
  const KernelFunction kernel = fresh.find(kSpec, kTarget);
  ASSERT_NE(kernel, nullptr);
  EXPECT_EQ(kernel(nullptr), 1);
  EXPECT_EQ(fresh.find(kSpec, kTarget), kernel);
  EXPECT_EQ(fresh.find(std::string(kSpec) + " z=1", kTarget), nullptr);
  EXPECT_THAT(fresh.misses(), IsEmpty());
}

TEST_F(CacheTest, PrefersTheLatestRecordAndFallsBackToTheOneBefore) {
  record(keep(1));
  record(keep(2));
  EXPECT_EQ(found(), "2");
  std::filesystem::remove(folder_ / keep(2).file);
  EXPECT_EQ(found(), "1");
}

TEST_F(CacheTest, PrefersTheUsersKernelToTheShippedOne) {
  record(keep(1));
  const std::filesystem::path shipped = folder_ / "shipped";
  std::filesystem::create_directory(shipped);
  std::filesystem::copy(folder_ / keep(2).file, shipped);
  append_line(shipped / CacheFolder::kJournal, to_line(keep(2)));
  KernelRecord only_shipped = keep(2, "linear x=1:1 y=1:1");
  append_line(shipped / CacheFolder::kJournal, to_line(only_shipped));
  std::vector<CacheFolder> folders;
  folders.emplace_back(folder_, CacheFolder::Kind::kUser);
  folders.emplace_back(shipped, CacheFolder::Kind::kShipped);
  KernelCache both(std::move(folders));
  EXPECT_EQ(both.find(kSpec, kTarget)(nullptr), 1);
  EXPECT_EQ(both.find(only_shipped.spec, kTarget)(nullptr), 2);
}

TEST_F(CacheTest, TwoKernelsLoadedOneAfterTheOtherAreTwo) {  // their descriptors have the same number
  record(keep(1));
  record(keep(2, "linear x=1:1 y=1:1"));
  KernelCache fresh = cache();
  EXPECT_EQ(fresh.find(kSpec, kTarget)(nullptr), 1);
  EXPECT_EQ(fresh.find("linear x=1:1 y=1:1", kTarget)(nullptr), 2);
}

TEST_F(CacheTest, AnotherIdentityIsAMissThatSaysWhich) {
  const KernelRecord good = keep(1);
  const auto miss = [&](auto change) {
    std::filesystem::remove(journal_);
    KernelRecord changed = good;
    change(changed.identity);
    record(changed);
    return found();
  };
  EXPECT_THAT(miss([](KernelIdentity& i) { i.instruction_set = "avx512"; }), HasSubstr("instruction set: avx512"));
  EXPECT_THAT(miss([](KernelIdentity& i) { i.device = "GenuineIntel 6.85.7"; }), HasSubstr("device: GenuineIntel"));
  EXPECT_THAT(miss([](KernelIdentity& i) { i.halide = "13.0.0"; }), HasSubstr("version of Halide: 13.0.0"));
  EXPECT_THAT(miss([](KernelIdentity& i) { ++i.abi; }), HasSubstr("kernel ABI: "));
  EXPECT_THAT(miss([](KernelIdentity& i) { i.generator = "0123456789abcdef"; }), HasSubstr("generator's sources"));
  EXPECT_EQ(miss([](KernelIdentity&) {}), "1");
}

TEST_F(CacheTest, AKernelThatThisBuildDoesNotKnowIsAMiss) {
  const std::string spec = "no_such_kernel x=1:1 y=1:1";
  record(keep(1, spec));
  KernelCache fresh = cache();
  EXPECT_EQ(fresh.find(spec, kTarget), nullptr);
  ASSERT_THAT(fresh.misses(), SizeIs(1));
  EXPECT_THAT(fresh.misses()[0].reason, HasSubstr("no generator of that name"));
  EXPECT_EQ(fresh.misses()[0].where, journal_ + ":1");
}

TEST_F(CacheTest, TornAlteredAndMissingFilesAreMisses) {
  const KernelRecord kept = keep(1);
  record(kept);
  const std::string file = folder_ / kept.file, bytes = kernel_bytes(1);
  std::filesystem::resize_file(file, bytes.size() / 2);
  EXPECT_THAT(found(), HasSubstr("torn or altered"));
  std::string altered = bytes;
  altered[altered.size() / 2] ^= 1;
  std::ofstream(file, std::ios::binary | std::ios::trunc) << altered;
  EXPECT_THAT(found(), HasSubstr("torn or altered"));
  std::filesystem::remove(file);
  EXPECT_THAT(found(), HasSubstr("is missing"));
  std::filesystem::create_symlink("/etc/passwd", file);
  EXPECT_THAT(found(), HasSubstr("cannot be opened"));
  std::filesystem::remove(file);
  ASSERT_EQ(mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(found(), HasSubstr("no regular file"));
}

TEST_F(CacheTest, AFileWithItsHashThatIsNoKernelIsAMiss) {
  KernelRecord kept = keep(1);
  const std::string text = "#!/bin/sh\necho kernel\n";
  std::ofstream(folder_ / kept.file, std::ios::binary | std::ios::trunc) << text;
  kept.sha256 = sha256(text);
  record(kept);
  EXPECT_THAT(found(), HasSubstr("cannot be loaded"));
}

TEST_F(CacheTest, ARecordCannotNameAFileElsewhere) {
  KernelRecord kept = keep(1);
  kept.file = "../" + folder_.filename().string() + "/" + kept.file;
  record(kept);
  EXPECT_THAT(found(), HasSubstr("a file elsewhere"));
}

TEST_F(CacheTest, FoldersThatOthersMayWriteAreRefused) {
  record(keep(1));
  const auto found_with = [&](mode_t mode, CacheFolder::Kind kind) {
    ::chmod(folder_.c_str(), mode);
    return found(kind);
  };
  EXPECT_THAT(found_with(0777, CacheFolder::Kind::kUser), HasSubstr("others may write it"));
  EXPECT_THAT(found_with(0770, CacheFolder::Kind::kUser), HasSubstr("others may write it"));
  EXPECT_EQ(found_with(0755, CacheFolder::Kind::kUser), "1");
  EXPECT_EQ(found_with(0775, CacheFolder::Kind::kShipped), "1");
  EXPECT_THAT(found_with(0777, CacheFolder::Kind::kShipped), HasSubstr("everybody may write it"));
  ::chmod(folder_.c_str(), 0700);
  ::chmod(journal_.c_str(), 0666);
  EXPECT_THAT(found(), HasSubstr("others may write it"));
}

TEST_F(CacheTest, AnotherUsersFolderIsRefused) {
  record(keep(1));
  if (::chown(folder_.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give folders away";
  EXPECT_EQ(found(), "belongs to another user");
  EXPECT_EQ(found(CacheFolder::Kind::kShipped), "1");
}

TEST_F(CacheTest, ManyThreadsGetOneKernel) {
  record(keep(1));
  KernelCache fresh = cache();
  std::vector<KernelFunction> kernels(8);
  std::vector<std::thread> threads;
  for (KernelFunction& kernel : kernels) threads.emplace_back([&] { kernel = fresh.find(kSpec, kTarget); });
  for (std::thread& thread : threads) thread.join();
  ASSERT_NE(kernels[0], nullptr);
  for (const KernelFunction kernel : kernels) EXPECT_EQ(kernel, kernels[0]);
}

TEST_F(CacheTest, ExaminesEverything) {
  record(keep(1));
  record(keep(2));
  KernelRecord foreign = keep(1, "linear x=1:1 y=1:1");
  foreign.identity.device = "another";
  record(foreign);
  KernelRecord tried = keep(1);
  tried.file.clear();
  record(tried);
  append_line(journal_, "{\"kernel\":\"half");
  const KernelCacheState state = cache().examine([](const std::string&) { return kTarget; });
  ASSERT_THAT(state.usable, SizeIs(1));
  EXPECT_EQ(state.usable[0].record.sha256, keep(2).sha256);
  EXPECT_EQ(state.superseded, 1);
  EXPECT_EQ(state.tried, 1);
  ASSERT_THAT(state.misses, SizeIs(2));
  EXPECT_EQ(state.misses[0].where, journal_ + ":3");
  EXPECT_THAT(state.misses[1].reason, HasSubstr("not a record"));
}

TEST_F(CacheTest, ACallOnADeviceIsAnotherOne) {
  const KernelTarget card{"opencl", "a card, driver 7"};
  const std::string spec = "opencl:" + std::string(kSpec);
  KernelRecord on_card = keep(2, spec);
  on_card.identity = kernel_identity(on_card.kernel(), card);
  EXPECT_EQ(on_card.identity.generator, kernel_identity("pointwise", kTarget).generator);
  record(keep(1));
  record(on_card);
  KernelCache fresh = cache();
  EXPECT_EQ(fresh.find(kSpec, kTarget)(nullptr), 1);
  EXPECT_EQ(fresh.find(spec, card)(nullptr), 2);
  EXPECT_THAT(fresh.misses(), IsEmpty());

  const auto without_card = [&](const std::string& s) {
    return s == kSpec ? kTarget : throw Error(ErrorKind::kUsage, "no driver");
  };
  const KernelCacheState state = cache().examine(without_card);
  EXPECT_THAT(state.usable, SizeIs(1));
  ASSERT_THAT(state.misses, SizeIs(1));
  EXPECT_EQ(state.misses[0].reason, "no driver");
}

TEST_F(CacheTest, EnvironmentChoosesTheFolder) {
  const auto set = [](const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); };
  const std::string home = ::getenv("HOME") == nullptr ? "" : ::getenv("HOME");
  set("HOME", "/h"), set("XDG_CACHE_HOME", ""), set("LITHE_KERNEL_CACHE", "");
  EXPECT_EQ(user_kernel_folder(), "/h/.cache/lithe/kernels");
  set("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(user_kernel_folder(), "/x/lithe/kernels");
  set("XDG_CACHE_HOME", "relative");
  EXPECT_EQ(user_kernel_folder(), "/h/.cache/lithe/kernels");
  set("LITHE_KERNEL_CACHE", "/chosen");
  EXPECT_EQ(user_kernel_folder(), "/chosen");
  EXPECT_THAT(kernel_folders(), SizeIs(2));
  set("LITHE_KERNEL_CACHE", "none");
  EXPECT_EQ(user_kernel_folder(), "");
  EXPECT_THAT(kernel_folders(), IsEmpty());
  ::unsetenv("LITHE_KERNEL_CACHE"), ::unsetenv("XDG_CACHE_HOME");
  set("HOME", home);
}

}  // namespace
}  // namespace lithe::test
