#pragma once
// Files: whole-file reads with a limit, atomic writes, memory maps, hashes.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lithe {

/// The bytes of a file. Throws Error(kInput) with the system's reason, or if it holds more than `limit` bytes.
std::string read_file(const std::string& path, int64_t limit = int64_t{1} << 32);

/// Writes under a temporary name in the same folder, syncs and renames: the file is old or new, never in between.
/// Throws Error(kOutput) with the system's reason (disk full included) and removes the temporary file. `mode`: the
/// permissions, before the umask.
void write_file(const std::string& path, std::string_view bytes, unsigned mode = 0666);
/// The same for contents produced piece by piece: `produce` is called once with a function that appends bytes.
void write_file(const std::string& path,
                const std::function<void(const std::function<void(std::string_view)>&)>& produce, unsigned mode = 0666);

/// A read-only memory map of a regular file. Throws Error(kInput) with the system's reason.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::string_view bytes() const { return {data_, size_}; }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// SHA-256 as 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

}  // namespace lithe
