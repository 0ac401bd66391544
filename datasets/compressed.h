#pragma once

#include <cstdint>
#include <string>

namespace lithe {

/// The bytes of a file, decompressed if it is in gzip's form, whatever its name. Throws Error if it is damaged, cut off
/// or holds more than `limit` bytes.
std::string read_gzip(const std::string& path, int64_t limit = int64_t{1} << 34);

/// The same for bzip2; other files are an error.
std::string read_bzip2(const std::string& path, int64_t limit = int64_t{1} << 34);

}  // namespace lithe
