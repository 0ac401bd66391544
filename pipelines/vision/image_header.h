#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lithe {

enum class ImageFormat { kJpeg, kPng, kWebp, kTiff, kBmp, kPnm, kJpeg2000, kSunRaster, kRadiance };

/// "PNG"
const char* name_of(ImageFormat format);

constexpr size_t kSignatureBytes = 16;
/// The format by the first kSignatureBytes of a file; its name does not matter. Throws ImageError.
ImageFormat image_format(std::string_view begin);

/// What a file says about its image before anything is decoded.
struct ImageHeader {
  int64_t width = 0, height = 0;  // as stored
  int orientation = 1;            // 1 to 8 as EXIF counts them
};

/// Reads the header of any format but JPEG (read_jpeg does its own). Throws ImageError if the size cannot be found, or
/// if the structure shows that the file is cut off.
ImageHeader read_header(ImageFormat format, std::string_view file);

/// Throws ImageError(kTooLarge) if the image has more pixels, or a side that OpenCV does not read.
void require_pixels(const ImageHeader& header, int64_t max_pixels, ImageFormat format);

}  // namespace lithe
