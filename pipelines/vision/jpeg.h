#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string_view>

#include "pipelines/vision/image_header.h"

namespace lithe {

/// The pixels of a JPEG file as stored (the orientation is not applied), 8-bit B G R; the same as cv::imdecode gives,
/// in half its time. Grey becomes three equal channels, CMYK and YCCK become RGB as Adobe writes them (inverted).
/// Throws ImageError: kTooLarge before anything is allocated, kTruncated or kCorrupt where OpenCV would fill the
/// missing part with grey.
cv::Mat read_jpeg(std::string_view file, int64_t max_pixels, ImageHeader* header);

}  // namespace lithe
