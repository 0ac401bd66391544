#pragma once
// From a file to pixels: every format, any depth and colour model, one way for all.

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

namespace lithe {

struct DecodeLimits {
  int64_t max_pixels = 100'000'000;
  int64_t max_bytes = int64_t{1} << 31;
};

struct DecodedImage {
  cv::Mat bgr;                    // 8 bit, upright: the EXIF orientation is applied
  int64_t width = 0, height = 0;  // as stored, before the orientation
};

/// Decodes the bytes of a file. 16-bit samples keep their high byte (TIFF's are rounded), alpha is dropped (colours as
/// stored, not blended over a background; libtiff blends TIFF's over black), grey and palette images become three
/// channels, of several pages the first is read. Throws ImageError; an image that is not complete is an error.
DecodedImage decode_image(std::string file, const DecodeLimits& limits = {});

/// Reads and decodes a file. What is no image, or too large, is told from its first bytes. Throws ImageError.
DecodedImage read_image(const std::string& path, const DecodeLimits& limits = {});

/// Whether a file's first bytes are those of an image. What cannot be read might be one.
bool may_be_image(const std::string& path);

/// Turns and mirrors an image as its EXIF orientation (1 to 8) asks.
cv::Mat upright(const cv::Mat& image, int orientation);

}  // namespace lithe
