#pragma once

#include <opencv2/core.hpp>

namespace lithe {

/// How an image's colours change. 1 and 0 change nothing.
struct ColourJitter {
  double brightness = 1, contrast = 1, saturation = 1;  // factors
  double hue = 0;                                       // part of a turn
};

/// Applies them to an 8-bit image, R G B or grey (which has neither saturation nor hue), in the order of the fields, as
/// PIL's ImageEnhance does: contrast keeps the mean luma, saturation every pixel's.
cv::Mat jittered(cv::Mat image, const ColourJitter& jitter);

}  // namespace lithe
