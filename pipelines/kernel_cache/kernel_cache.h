#pragma once
// Kernels compiled for one shape on one device, found by what is called (DESIGN: a mismatch is a miss, never a wrong
// result). Nothing is read before the first question.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pipelines/kernel_cache/cache_folder.h"
#include "pipelines/kernel_cache/kernel_library.h"

namespace lithe {

/// A record or file that cannot be used.
struct KernelMiss {
  std::string where;  // "FOLDER/kernels.jsonl:12", or the folder
  std::string spec;   // empty if not even that could be read
  std::string reason;
};

struct KernelCacheState {
  struct Usable {
    KernelRecord record;
    std::string folder;
    int64_t bytes;
  };
  std::vector<Usable> usable;  // the record that serves, one per spec
  int superseded = 0;          // usable too, but a later record serves instead
  int tried = 0;               // candidates that were measured and not kept
  std::vector<KernelMiss> misses;
};

class KernelCache {
 public:
  /// Searches `folders` in this order.
  explicit KernelCache(std::vector<CacheFolder> folders);

  /// The kernel for a call (spec: halide_generators/kernel_spec.h), which runs on `target`; nullptr if there is none:
  /// the generic one serves. Thread safe. Stays callable to the end of the process.
  KernelFunction find(const std::string& spec, const KernelTarget& target);
  /// What `find` could not use so far.
  std::vector<KernelMiss> misses() const;
  /// Reads and checks everything there is.
  KernelCacheState examine(const TargetOf& target_of) const;

 private:
  struct Line {
    const CacheFolder* folder;
    int number;
    std::string_view text;
  };

  void read_journals();
  KernelFunction load(const std::string& spec, const KernelTarget& target);
  KernelRecord usable_record(const Line& line, const TargetOf& target_of, std::string* bytes) const;
  void miss(const Line& line, const std::string& spec, const std::string& reason);

  const std::vector<CacheFolder> folders_;
  mutable std::mutex mutex_;
  bool read_ = false;
  std::vector<std::unique_ptr<std::string>> journals_;             // the text that `lines_` look into
  std::unordered_map<std::string_view, std::vector<Line>> lines_;  // by spec, the ones to prefer last
  std::unordered_map<std::string, KernelFunction> found_;          // nullptr: a miss
  std::vector<std::unique_ptr<KernelLibrary>> libraries_;
  std::vector<KernelMiss> misses_;
};

/// KernelCache::find in the folders of this process (kernel_folders()).
KernelFunction specialised_kernel(const std::string& spec, const KernelTarget& target);
/// What `specialised_kernel` could not use so far.
std::vector<KernelMiss> kernel_misses();
/// From now on `specialised_kernel` searches `folders`, read afresh. Kernels that were found stay callable.
void use_kernel_folders(std::vector<CacheFolder> folders);

}  // namespace lithe
