#pragma once
// A folder of compiled kernels of one's own, with records that fit this machine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "pipelines/kernel_cache/record_journal.h"

namespace lithe::test {

inline const KernelTarget kTarget{"avx2", "this processor"};
constexpr char kSpec[] =
    "pointwise x=24:1,49:24 w=16:1,24:16,1:384 b=8:1 groups=1 clamp_min=-inf clamp_max=6 y=8:1,49:8";

/// The bytes of a shared object whose kernel returns `number`, 1 or 2.
inline std::string kernel_bytes(int number) {
  return read_file(LITHE_BINARY_DIR "/libkernel_cache_kernel_" + std::to_string(number) + ".so");
}

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    std::filesystem::create_directories(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
  }
  ~CacheTest() override { std::filesystem::remove_all(folder_); }

  /// Puts a kernel into the folder and returns its record, which is not yet in the journal.
  KernelRecord keep(int number, const std::string& spec = kSpec) const {
    const std::string bytes = kernel_bytes(number);
    KernelRecord record;
    record.spec = spec, record.sha256 = sha256(bytes), record.file = record.sha256.substr(0, 16) + ".so";
    record.identity = kernel_identity(record.kernel(), kTarget);
    record.time_us = 10, record.generic_time_us = 20;
    std::ofstream(folder_ / record.file, std::ios::binary) << bytes;
    return record;
  }
  void record(const KernelRecord& record) const { append_line(journal_, to_line(record)); }

  KernelCache cache(CacheFolder::Kind kind = CacheFolder::Kind::kUser) const {
    std::vector<CacheFolder> folders;
    folders.emplace_back(folder_, kind);
    return KernelCache(std::move(folders));
  }
  /// What a new cache finds for kSpec: the kernel's number, or the reason why there is none ("" without a record).
  std::string found(CacheFolder::Kind kind = CacheFolder::Kind::kUser) const {
    KernelCache fresh = cache(kind);
    if (const KernelFunction kernel = fresh.find(kSpec, kTarget)) return std::to_string(kernel(nullptr));
    return fresh.misses().empty() ? "" : fresh.misses().back().reason;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("kernel_cache_" + std::to_string(::getpid()));
  const std::string journal_ = folder_ / CacheFolder::kJournal;
};

}  // namespace lithe::test
