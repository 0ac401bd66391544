#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lithe {

/// The first directory of a TIFF structure: a TIFF or BigTIFF file, or the EXIF block of another format.
class TiffDirectory {
 public:
  enum Tag : uint16_t { kWidth = 256, kHeight = 257, kOrientation = 274 };
  struct Field {
    uint64_t value = 0;
    size_t offset = 0;  // of the value, in the block
    size_t bytes = 0;   // of the value
  };

  /// Whether the block begins as a TIFF structure does.
  static bool matches(std::string_view block);
  /// A directory that lies outside the block has no fields.
  explicit TiffDirectory(std::string_view block);

  /// The first value of an integer field, if it is there.
  std::optional<Field> field(Tag tag) const;
  /// 1 to 8 as EXIF counts them; 1 if the field is absent or nonsense.
  int orientation() const;

 private:
  uint64_t integer(size_t offset, size_t bytes) const;

  std::string_view block_;
  bool big_endian_ = false;
  size_t entries_ = 0, entry_bytes_ = 12, first_ = 0;
};

/// The orientation in an EXIF block, with or without the "Exif\0\0" in front. 1 if it has none.
int exif_orientation(std::string_view block);

}  // namespace lithe
