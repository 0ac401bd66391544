#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "pipelines/formats/image_record.h"

namespace lithe {

/// Calls `read` with every complete line (without its line feed) and its number from 1. Returns the bytes of complete
/// lines; what follows them was torn off while it was written.
size_t for_each_line(std::string_view text, const std::function<void(std::string_view line, int64_t number)>& read);

/// The records of a job in the order of its inputs: the file is at any moment a prefix of the whole, except for a torn
/// last line, which the next opening drops.
class Journal {
 public:
  /// Opens or creates the file and reads what it holds; `fresh` empties it instead. Throws Error(kOutput) if it cannot
  /// be written, Error(kUsage) if another process writes it, Error(kInput) naming the line that is no record.
  explicit Journal(const std::string& path, bool fresh = false);
  ~Journal();
  Journal(const Journal&) = delete;

  /// Writes the records: from now on they outlive the process. Throws Error(kOutput) with the system's reason (disk
  /// full); the file then still ends with the last record of an earlier call, all of them synced.
  void append(const std::vector<ImageRecord>& records);
  /// Waits until the disk has what was written: from then on it outlives a power cut. Throws Error(kOutput); the file
  /// then ends where it did at the last sync.
  void sync();

  bool holds(const std::string& path) const;
  int64_t records() const { return static_cast<int64_t>(paths_.size()); }
  int64_t failures() const { return failures_; }

 private:
  void open();
  void read();
  void drop_what_follows();
  void add(const std::string& written_path, bool failed);
  [[noreturn]] void fail(int reason, int64_t size, int64_t safe) const;

  std::string path_;
  int fd_ = -1;
  int64_t size_ = 0, failures_ = 0;
  int64_t synced_size_ = 0, synced_records_ = 0;
  std::unordered_set<std::string> paths_;  // as written
};

}  // namespace lithe
