#include "pipelines/vision/tiff_directory.h"

namespace lithe {

using namespace std::literals;

bool TiffDirectory::matches(std::string_view block) {
  const std::string_view magic = block.substr(0, 4);
  return magic == "II*\0"sv || magic == "MM\0*"sv || magic == "II+\0"sv || magic == "MM\0+"sv;
}

TiffDirectory::TiffDirectory(std::string_view block) : block_(block) {
  if (!matches(block)) return;
  big_endian_ = block[0] == 'M';
  const bool big_tiff = integer(2, 2) == 43;  // 8-byte offsets and counts
  entry_bytes_ = big_tiff ? 20 : 12;
  const size_t directory = integer(big_tiff ? 8 : 4, big_tiff ? 8 : 4), count_bytes = big_tiff ? 8 : 2;
  if (directory > block.size() || block.size() - directory < count_bytes) return;
  const size_t count = integer(directory, count_bytes);
  first_ = directory + count_bytes;
  if (count <= (block.size() - first_) / entry_bytes_) entries_ = count;
}

std::optional<TiffDirectory::Field> TiffDirectory::field(Tag tag) const {
  for (size_t i = 0; i < entries_; ++i) {
    const size_t entry = first_ + i * entry_bytes_;
    if (integer(entry, 2) != tag) continue;
    constexpr size_t kShort = 3, kLong = 4;
    const size_t type = integer(entry + 2, 2), offset = entry + (entry_bytes_ == 20 ? 12 : 8);
    if (type != kShort && type != kLong) return {};
    const size_t bytes = type == kShort ? 2 : 4;
    return Field{integer(offset, bytes), offset, bytes};
  }
  return {};
}

int TiffDirectory::orientation() const {
  const std::optional<Field> found = field(kOrientation);
  return found && found->value >= 1 && found->value <= 8 ? static_cast<int>(found->value) : 1;
}

uint64_t TiffDirectory::integer(size_t offset, size_t bytes) const {
  if (offset > block_.size() || block_.size() - offset < bytes) return 0;
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) {
    value = value << 8 | static_cast<uint8_t>(block_[offset + (big_endian_ ? i : bytes - 1 - i)]);
  }
  return value;
}

int exif_orientation(std::string_view block) {
  constexpr std::string_view kPrefix = "Exif\0\0"sv;
  if (block.substr(0, kPrefix.size()) == kPrefix) block.remove_prefix(kPrefix.size());
  return TiffDirectory(block).orientation();
}

}  // namespace lithe
