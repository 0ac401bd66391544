#pragma once
// Image files made by hand, of kinds that no encoder at hand writes.

#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace lithe::test {

/// 8-bit B G R, smooth, different in every corner.
cv::Mat picture(int width, int height);

std::string encoded(const std::string& extension, const cv::Mat& image, const std::vector<int>& parameters = {});

/// An EXIF block (a TIFF structure) with nothing but an orientation.
std::string exif_block(int orientation, bool big_endian);
std::string jpeg_with_exif(const std::string& jpeg, const std::string& block);
std::string png_with_exif(const std::string& png, const std::string& block);
/// `webp` as OpenCV writes it, in an extended container with the block at the end.
std::string webp_with_exif(const std::string& webp, const std::string& block, int width, int height);

/// An uncompressed R G B TIFF with the given orientation.
std::string tiff_of(const cv::Mat& image, int orientation, bool big_endian);

/// A PNG from its parts: `rows` are the packed samples of each row, without filter bytes.
struct PngParts {
  int width, height, depth, colour_type;
  std::vector<std::string> rows;
  std::string palette, transparency;  // PLTE, tRNS; absent if empty
};
std::string png_of(const PngParts& parts);

/// A JPEG whose four components are stored as given (Adobe's inverted inks), as CMYK or converted to YCCK.
std::string cmyk_jpeg(const cv::Mat& cmyk, bool ycck);

}  // namespace lithe::test
