#pragma once

#include <opencv2/core.hpp>
#include <string_view>

namespace lithe {

constexpr int kDrawingSide = 28;

/// One line of a QuickDraw file as a grey image, white on black, 28 x 28:
///   {"drawing": [[[x, ...], [y, ...]], ...], ...}   strokes, simplified (0..255) or raw (pixels of a screen), drawn as
///       Google's own bitmaps are: 16 wide on a square of 256 with 16 around it, centred, then reduced
///   [v, ...]                                        784 numbers from 0 to 1, row by row
/// Throws Error saying what was expected.
cv::Mat draw(std::string_view line);

}  // namespace lithe
