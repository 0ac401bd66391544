#pragma once
// A zip archive of stored entries, written byte by byte (APPNOTE 4.3): what torch.save writes, without its library.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lithe {

inline uint32_t crc32(const std::string& bytes) {
  uint32_t crc = ~0u;
  for (const char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
  }
  return ~crc;
}

inline std::string little_endian(uint64_t value, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

inline std::string zip_archive(const std::vector<std::pair<std::string, std::string>>& entries, int method = 0) {
  std::string archive, directory;
  for (const auto& [name, content] : entries) {
    const std::string common = little_endian(20, 2) + little_endian(0, 2) +
                               little_endian(static_cast<uint64_t>(method), 2) + little_endian(0, 4) +
                               little_endian(crc32(content), 4) + little_endian(content.size(), 4) +
                               little_endian(content.size(), 4) + little_endian(name.size(), 2) + little_endian(0, 2);
    directory +=
        "PK\x01\x02" + little_endian(20, 2) + common + std::string(10, '\0') + little_endian(archive.size(), 4) + name;
    archive += "PK\x03\x04" + common + name + content;
  }
  const std::string end = "PK\x05\x06" + little_endian(0, 4) + little_endian(entries.size(), 2) +
                          little_endian(entries.size(), 2) + little_endian(directory.size(), 4) +
                          little_endian(archive.size(), 4) + little_endian(0, 2);
  return archive + directory + end;
}

}  // namespace lithe
