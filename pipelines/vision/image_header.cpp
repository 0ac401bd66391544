#include "pipelines/vision/image_header.h"

#include <cstdio>
#include <cstdlib>
#include <optional>

#include "pipelines/vision/image_error.h"
#include "pipelines/vision/tiff_directory.h"

namespace lithe {
namespace {

using namespace std::literals;

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

[[noreturn]] void truncated(const char* format) {
  throw ImageError(ImageFault::kTruncated, std::string(format) + ": the file is cut off");
}

// Integers at fixed places of a file; reading beyond its end means that it is cut off.
struct Bytes {
  const char* format;
  std::string_view file;

  int64_t big(size_t offset, size_t count) const { return number(offset, count, true); }
  int64_t little(size_t offset, size_t count) const { return number(offset, count, false); }
  int64_t number(size_t offset, size_t count, bool big_endian) const {
    if (offset > file.size() || file.size() - offset < count) truncated(format);
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      value = value << 8 | static_cast<uint8_t>(file[offset + (big_endian ? i : count - 1 - i)]);
    }
    return static_cast<int64_t>(value);
  }
};

ImageHeader png(std::string_view file) {
  const Bytes bytes{"PNG", file};
  ImageHeader header{bytes.big(16, 4), bytes.big(20, 4)};
  for (size_t chunk = 8;;) {  // length, type, data, checksum
    const auto length = static_cast<size_t>(bytes.big(chunk, 4));
    const std::string_view type = file.substr(chunk + 4, 4);
    bytes.big(chunk + 8 + length, 4);
    if (type == "eXIf"sv) header.orientation = exif_orientation(file.substr(chunk + 8, length));
    if (type == "IEND"sv) return header;
    chunk += 12 + length;
  }
}

ImageHeader webp(std::string_view file) {
  const Bytes bytes{"WebP", file};
  const auto end = static_cast<size_t>(bytes.little(4, 4)) + 8;
  if (end > file.size()) truncated("WebP");
  ImageHeader header;
  const std::string_view kind = file.substr(12, 4);
  if (kind == "VP8X"sv) {
    if ((bytes.little(20, 1) & 2) != 0) throw ImageError(ImageFault::kUnsupported, "WebP: animations are not read");
    header = {bytes.little(24, 3) + 1, bytes.little(27, 3) + 1};
  } else if (kind == "VP8L"sv) {
    const int64_t bits = bytes.little(21, 4);
    header = {(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1};
  } else {
    header = {bytes.little(26, 2) & 0x3fff, bytes.little(28, 2) & 0x3fff};
  }
  for (size_t chunk = 12; chunk + 8 <= end;) {  // type, length, data, padded to an even size
    const auto length = static_cast<size_t>(bytes.little(chunk + 4, 4));
    if (file.substr(chunk, 4) == "EXIF"sv) header.orientation = exif_orientation(file.substr(chunk + 8, length));
    chunk += 8 + length + length % 2;
  }
  return header;
}

ImageHeader tiff(std::string_view file) {
  const TiffDirectory directory(file);
  const auto width = directory.field(TiffDirectory::kWidth), height = directory.field(TiffDirectory::kHeight);
  if (!width || !height) truncated("TIFF");  // the directory is commonly at the end
  return {static_cast<int64_t>(width->value), static_cast<int64_t>(height->value), directory.orientation()};
}

ImageHeader bmp(std::string_view file) {
  const Bytes bytes{"BMP", file};
  if (bytes.little(14, 4) == 12) return {bytes.little(18, 2), bytes.little(20, 2)};
  const auto height = static_cast<int32_t>(bytes.little(22, 4));  // negative: rows run downwards
  return {bytes.little(18, 4), std::abs(static_cast<int64_t>(height))};
}

// The next number of a netpbm header: # comments out the rest of a line.
std::optional<int64_t> next_number(std::string_view file, size_t* at) {
  for (; *at < file.size(); ++*at) {
    if (file[*at] == '#') *at = std::min(file.find('\n', *at), file.size() - 1);
    if (file[*at] >= '0' && file[*at] <= '9') break;
  }
  int64_t value = 0;
  const size_t first = *at;
  for (; *at < file.size() && file[*at] >= '0' && file[*at] <= '9' && *at - first < 10; ++*at) {
    value = value * 10 + (file[*at] - '0');
  }
  return *at == first ? std::nullopt : std::optional<int64_t>(value);
}

ImageHeader netpbm(std::string_view file) {
  size_t at = 2;
  if (starts(file, "P7")) {
    const size_t end = file.find("ENDHDR");
    if (end == std::string_view::npos) truncated("PAM");
    size_t width = file.find("WIDTH"), height = file.find("HEIGHT");
    if (width > end || height > end) throw ImageError(ImageFault::kCorrupt, "PAM: the header has no size");
    return {next_number(file, &width).value_or(0), next_number(file, &height).value_or(0)};
  }
  const auto width = next_number(file, &at), height = next_number(file, &at);
  if (!width || !height) truncated("PNM");
  return {*width, *height};
}

ImageHeader jpeg2000(std::string_view file) {
  // The size that counts is the code stream's, whatever the boxes around it say.
  const size_t stream = file.find("\xFF\x4F\xFF\x51"sv);
  if (stream == std::string_view::npos) truncated("JPEG 2000");
  const Bytes bytes{"JPEG 2000", file};
  const int64_t components = bytes.big(stream + 40, 2);  // each takes memory of its own, and there may be 16384
  if (components > 4) {
    throw ImageError(ImageFault::kUnsupported, "JPEG 2000: " + std::to_string(components) + " components");
  }
  return {bytes.big(stream + 8, 4) - bytes.big(stream + 16, 4), bytes.big(stream + 12, 4) - bytes.big(stream + 20, 4)};
}

ImageHeader sun_raster(std::string_view file) {
  const Bytes bytes{"Sun raster", file};
  return {bytes.big(4, 4), bytes.big(8, 4)};
}

ImageHeader radiance(std::string_view file) {
  const size_t blank = file.find("\n\n");  // ends the comments
  if (blank == std::string_view::npos) truncated("Radiance");
  const std::string line(file.substr(blank + 2, 40));
  long height = 0, width = 0;
  if (std::sscanf(line.c_str(), "-Y %ld +X %ld", &height, &width) != 2) {
    throw ImageError(ImageFault::kUnsupported, "Radiance: only rows from top to bottom are read");
  }
  return {width, height};
}

}  // namespace

const char* name_of(ImageFormat format) {
  constexpr const char* kNames[] = {"JPEG", "PNG", "WebP", "TIFF", "BMP", "PNM", "JPEG 2000", "Sun raster", "Radiance"};
  return kNames[static_cast<size_t>(format)];
}

ImageFormat image_format(std::string_view begin) {
  if (starts(begin, "\xFF\xD8\xFF"sv)) return ImageFormat::kJpeg;
  if (starts(begin, "\x89PNG\r\n\x1A\n"sv)) return ImageFormat::kPng;
  if (starts(begin, "RIFF"sv) && begin.substr(8 < begin.size() ? 8 : begin.size(), 4) == "WEBP"sv)
    return ImageFormat::kWebp;
  if (TiffDirectory::matches(begin)) return ImageFormat::kTiff;
  if (starts(begin, "BM"sv)) return ImageFormat::kBmp;
  if (begin.size() > 2 && begin[0] == 'P' && begin[1] >= '1' && begin[1] <= '7' &&
      " \t\r\n#"sv.find(begin[2]) != std::string_view::npos) {
    return ImageFormat::kPnm;
  }
  if (starts(begin, "\0\0\0\x0CjP  "sv) || starts(begin, "\xFF\x4F\xFF\x51"sv)) return ImageFormat::kJpeg2000;
  if (starts(begin, "\x59\xA6\x6A\x95"sv)) return ImageFormat::kSunRaster;
  if (starts(begin, "#?RADIANCE"sv) || starts(begin, "#?RGBE"sv)) return ImageFormat::kRadiance;
  if (starts(begin, "GIF8"sv)) throw ImageError(ImageFault::kUnsupported, "GIF is not read; convert it to PNG");
  throw ImageError(ImageFault::kNotAnImage,
                   "expected JPEG, PNG, WebP, TIFF, BMP, PNM, JPEG 2000, Sun raster or Radiance, found none of their "
                   "signatures");
}

ImageHeader read_header(ImageFormat format, std::string_view file) {
  using Reader = ImageHeader (*)(std::string_view);
  constexpr Reader kReaders[] = {nullptr, png, webp, tiff, bmp, netpbm, jpeg2000, sun_raster, radiance};
  const Reader reader = kReaders[static_cast<size_t>(format)];
  LITHE_CHECK(reader != nullptr);
  const ImageHeader header = reader(file);
  if (header.width < 1 || header.height < 1) {
    throw ImageError(ImageFault::kCorrupt, std::string(name_of(format)) + ": the header says " +
                                               std::to_string(header.width) + "x" + std::to_string(header.height) +
                                               " pixels");
  }
  return header;
}

void require_pixels(const ImageHeader& header, int64_t max_pixels, ImageFormat format) {
  constexpr int64_t kMaxSide = int64_t{1} << 20;  // OpenCV's own limit
  if (header.width <= kMaxSide && header.height <= kMaxSide && header.width * header.height <= max_pixels) return;
  throw ImageError(ImageFault::kTooLarge, std::string(name_of(format)) + ": the header says " +
                                              std::to_string(header.width) + "x" + std::to_string(header.height) +
                                              " pixels, more than --max-pixels " + std::to_string(max_pixels) +
                                              " or a side of 1048576");
}

}  // namespace lithe
