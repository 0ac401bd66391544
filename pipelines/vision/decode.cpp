#include "pipelines/vision/decode.h"

#include <opencv2/imgcodecs.hpp>

#include "pipelines/vision/image_error.h"
#include "pipelines/vision/jpeg.h"
#include "pipelines/vision/quiet.h"
#include "pipelines/vision/tiff_directory.h"

namespace lithe {
namespace {

// OpenCV's TIFF reader applies the orientation in its own way whatever it is asked, so it must not see it.
void hide_orientation(std::string* file) {
  const auto field = TiffDirectory(*file).field(TiffDirectory::kOrientation);
  if (!field) return;
  const bool big_endian = file->front() == 'M';
  for (size_t i = 0; i < field->bytes; ++i) (*file)[field->offset + i] = 0;
  (*file)[field->offset + (big_endian ? field->bytes - 1 : 0)] = 1;
}

cv::Mat decode_by_opencv(const std::string& file, ImageFormat format) {
  const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<char*>(file.data()));
  const Quiet quiet;
  cv::Mat pixels;
  std::string reason = "damaged, cut off or of a kind that OpenCV does not read";
  try {
    pixels = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& e) {
    reason += " (" + e.err + ")";
  }
  if (pixels.empty()) throw ImageError(ImageFault::kCorrupt, std::string(name_of(format)) + ": " + reason);
  return pixels;
}

}  // namespace

DecodedImage decode_image(std::string file, const DecodeLimits& limits) {
  if (file.empty()) throw ImageError(ImageFault::kEmpty, "the file is empty");
  const ImageFormat format = image_format(file);
  ImageHeader header;
  cv::Mat pixels;
  if (format == ImageFormat::kJpeg) {
    pixels = read_jpeg(file, limits.max_pixels, &header);
  } else {
    header = read_header(format, file);
    require_pixels(header, limits.max_pixels, format);
    if (format == ImageFormat::kTiff) hide_orientation(&file);
    pixels = decode_by_opencv(file, format);
  }
  return {upright(pixels, header.orientation), pixels.cols, pixels.rows};
}

cv::Mat upright(const cv::Mat& image, int orientation) {
  cv::Mat turned = image;
  if (orientation >= 5) cv::transpose(image, turned);  // 5 to 8 are 1 to 4 after a transposition, in this order:
  constexpr int kNone = 2, kHorizontal = 1, kVertical = 0, kBoth = -1;
  constexpr int kFlips[] = {kNone, kHorizontal, kBoth, kVertical, kNone, kHorizontal, kBoth, kVertical};
  const int flip = kFlips[orientation - 1];
  if (flip == kNone) return turned;
  cv::Mat flipped;
  cv::flip(turned, flipped, flip);
  return flipped;
}

}  // namespace lithe
