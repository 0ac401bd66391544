#pragma once
// The places where compiled kernels lie: one that comes with the installation and one that belongs to the user.

#include <string>
#include <vector>

#include "pipelines/kernel_cache/record.h"

namespace lithe {

/// A folder of kernels and their journal, opened once: what was checked stays what is read. One that does not exist is
/// an empty one.
class CacheFolder {
 public:
  enum class Kind {
    kShipped,  // whoever may write it may write the program: it must not be everybody
    kUser,     // must belong to the user and be writable by nobody else
  };
  static constexpr char kJournal[] = "kernels.jsonl";

  CacheFolder(const std::string& path, Kind kind);
  ~CacheFolder();
  CacheFolder(CacheFolder&& other) noexcept;

  const std::string& path() const { return path_; }
  /// Why nothing in it may be used; empty if it may.
  const std::string& refusal() const { return refusal_; }
  /// The journal's text; empty if there is none or the folder is refused. Throws Error if it cannot be read.
  std::string journal() const;
  /// The bytes of a record's file. Throws Error with a reason if it is missing, torn or not the one that was recorded.
  std::string read(const KernelRecord& record) const;

 private:
  std::string read_file(const std::string& name, bool must_be_private) const;
  std::string unsafe(int fd) const;

  std::string path_, refusal_;
  Kind kind_;
  int fd_ = -1;
};

/// Where `lithe tune` writes and the engine looks first: $LITHE_KERNEL_CACHE, else $XDG_CACHE_HOME/lithe/kernels, else
/// ~/.cache/lithe/kernels. Empty if there is no such place, or if LITHE_KERNEL_CACHE is "none".
std::string user_kernel_folder();
/// Where the installation keeps the kernels that were compiled with it: beside this library.
std::string shipped_kernel_folder();
/// Those that the engine searches, in this order; none if LITHE_KERNEL_CACHE is "none".
std::vector<CacheFolder> kernel_folders();

}  // namespace lithe
