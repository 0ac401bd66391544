#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/kernel_cache/record.h"

namespace lithe {

/// A folder of compiled kernels as `lithe tune` writes it. Several processes may do so at once.
class KernelStore {
 public:
  /// Makes the folder, for its owner alone, if it is not there. Throws Error(kUsage) if others could write it,
  /// Error(kOutput) if we cannot.
  explicit KernelStore(const std::string& folder);

  const std::string& folder() const { return folder_; }
  /// Where this process lets its compiler write.
  std::string candidate_path() const;

  /// Keeps a compiled kernel: first the file, then its record. Throws Error(kOutput) (full disk).
  void keep(KernelRecord record, std::string_view bytes) const;
  /// Notes a candidate that is not kept. Throws Error(kOutput).
  void note(KernelRecord record) const;
  /// Throws Error(kOutput) if a kernel would not fit: what looks like a compiler's failure may be a full disk.
  void require_room() const;
  /// All that can be read, in their order.
  std::vector<KernelRecord> records() const;

  /// Tiles from elsewhere, to be tried first: records without files.
  std::vector<KernelRecord> hints() const;
  /// Adds the records of an export. Returns their number. Throws Error naming the line that is none.
  int import(const std::string& file) const;

  struct Cleaned {
    int records = 0, files = 0;
    int64_t bytes = 0;
  };
  /// Removes records that do not fit this machine and build or were superseded, and files without a record. The notes
  /// of candidates stay, so that none is tried again.
  Cleaned clean(const TargetOf& target_of) const;

 private:
  std::string folder_;
};

}  // namespace lithe
