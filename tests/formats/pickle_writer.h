#pragma once
// Pickles written operation by operation, for what Python would never write.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/fuzz/zip_archive.h"

namespace lithe::pickled {

inline std::string joined(const std::vector<std::string>& parts) {
  std::string all;
  for (const std::string& part : parts) all += part;
  return all;
}

inline std::string text(const std::string& value) { return "X" + little_endian(value.size(), 4) + value; }
inline std::string integer(int64_t value) { return "\x8a\x08" + little_endian(static_cast<uint64_t>(value), 8); }
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::string>& items) { return "(" + joined(items) + "t"; }
inline std::string call(const std::string& callee, const std::vector<std::string>& arguments) {
  return callee + tuple(arguments) + "R";
}
inline std::string numbers(const std::vector<int64_t>& values) {
  std::vector<std::string> items;
  for (const int64_t value : values) items.push_back(integer(value));
  return tuple(items);
}
/// {key: value, ...}, given as key, value, key, value.
inline std::string dictionary(const std::vector<std::string>& keys_and_values) {
  return "}(" + joined(keys_and_values) + "u";
}

inline std::string storage(const std::string& key, int64_t count, const std::string& type = "FloatStorage") {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), integer(count)}) + "Q";
}
inline std::string tensor(const std::string& in, int64_t first, const std::vector<int64_t>& shape,
                          const std::vector<int64_t>& strides) {
  return call(global("torch._utils", "_rebuild_tensor_v2"),
              {in, integer(first), numbers(shape), numbers(strides), "\x89", "}"});
}

inline std::string pickle(const std::string& value) { return "\x80\x02" + value + "."; }

/// A checkpoint of the zip container: the pickled value and storage "0".
inline std::string checkpoint(const std::string& value, const std::string& storage_bytes = std::string(24, '\0')) {
  return zip_archive({{"archive/data.pkl", pickle(value)}, {"archive/data/0", storage_bytes}});
}

}  // namespace lithe::pickled
