#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

namespace lithe {

/// The digits of one font, as coverage in 0..255.
struct DigitFont {
  struct Glyph {
    cv::Mat coverage;       // cut to the ink
    int left = 0, top = 0;  // of the ink, in pixels from the pen, upwards from the baseline
    int advance = 0;        // of the pen
  };
  std::string file;
  std::array<Glyph, 10> digits;
};

/// How many pixels an em has.
constexpr int kDigitEm = 72;

/// The outline fonts under `folder` (empty: of the system) that have all ten digits, in the order of their paths.
/// Throws Error if there is none.
std::vector<DigitFont> digit_fonts(const std::string& folder);

}  // namespace lithe
