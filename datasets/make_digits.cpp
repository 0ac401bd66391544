#include "datasets/make_digits.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <opencv2/imgproc.hpp>

#include "datasets/make_digits_fonts.h"
#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/core/random.h"
#include "pipelines/core/tensor.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

constexpr int kSide = 32, kFine = 3;  // drawn at kFine times the size, then reduced
constexpr int64_t kPixels = kSide * kSide * 3;

/// The random choices of one image, one after the other.
class Draws {
 public:
  Draws(uint64_t seed, int64_t image)
      : random_(RandomStream(seed, "digits").bits(static_cast<uint64_t>(image)), "image") {}
  double in(double least, double most) { return least + (most - least) * random_.uniform(next_++); }
  int below(int64_t count) { return static_cast<int>(random_.uniform(next_++) * static_cast<double>(count)); }
  bool chance(double share) { return random_.uniform(next_++) < share; }
  cv::Vec3f colour() { return {number(), number(), number()}; }
  double normal() { return random_.normal((uint64_t{1} << 32) + next_++); }  // apart from the uniform ones

 private:
  float number() { return static_cast<float>(in(0, 255)); }
  RandomStream random_;
  uint64_t next_ = 0;
};

struct Line {
  cv::Mat coverage;
  cv::Point2f centre;  // of the digit in the middle
  double height = 0;   // of that digit's ink
};

// The digit and its neighbours on one baseline, with `gap` pixels more between their pens than the font wants.
Line line_of(const DigitFont& font, int left, int middle, int right, int gap) {
  constexpr int kRoom = 2 * kDigitEm;
  Line line{cv::Mat::zeros(2 * kRoom, 4 * kRoom, CV_8U), {}, 0};
  int pen = 2 * kRoom - (left < 0 ? 0 : font.digits[static_cast<size_t>(left)].advance + gap);
  for (const int digit : {left, middle, right}) {
    if (digit < 0) continue;
    const DigitFont::Glyph& glyph = font.digits[static_cast<size_t>(digit)];
    const cv::Rect ink(pen + glyph.left, kRoom - glyph.top, glyph.coverage.cols, glyph.coverage.rows);
    const cv::Rect inside = ink & cv::Rect(0, 0, line.coverage.cols, line.coverage.rows);
    cv::Mat to = line.coverage(inside);
    cv::max(to, glyph.coverage(cv::Rect(inside.tl() - ink.tl(), inside.size())), to);
    if (pen == 2 * kRoom) {
      line.centre = {static_cast<float>(ink.x) + static_cast<float>(ink.width) / 2,
                     static_cast<float>(ink.y) + static_cast<float>(ink.height) / 2};
      line.height = ink.height;
    }
    pen += glyph.advance + gap;
  }
  return line;
}

// Turned, slanted and scaled so that the middle digit is `height` pixels high, near the centre; coverage in 0..1.
cv::Mat placed(const Line& line, Draws& draw) {
  const double height = draw.in(15, 27) * kFine, scale = height / line.height, wide = scale * draw.in(0.8, 1.2);
  const double angle = draw.in(-0.3, 0.3), slant = draw.in(-0.25, 0.25);
  const double c = std::cos(angle), s = std::sin(angle), half = kSide * kFine / 2.0;
  const double a = c * wide, b = (c * slant - s) * scale, d = s * wide, e = (s * slant + c) * scale;
  const double x = half + draw.in(-3, 3) * kFine, y = half + draw.in(-3, 3) * kFine;
  const cv::Matx23d to{a, b, x - a * line.centre.x - b * line.centre.y,
                       d, e, y - d * line.centre.x - e * line.centre.y};
  cv::Mat fine, small, coverage;
  cv::warpAffine(line.coverage, fine, to, {kSide * kFine, kSide * kFine});
  cv::resize(fine, small, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  small.convertTo(coverage, CV_32F, 1 / 255.0);
  return coverage;
}

double luma(const cv::Vec3f& c) { return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; }

// Ink over a background that changes from one side to the other.
cv::Mat coloured(const cv::Mat& coverage, Draws& draw) {
  constexpr double kContrast = 50;  // of 255: what can still be read
  cv::Vec3f ink = draw.colour(), from = draw.colour(), to = draw.colour();
  to = from + (to - from) * static_cast<float>(draw.in(0, 0.5));
  while (std::min(std::abs(luma(ink) - luma(from)), std::abs(luma(ink) - luma(to))) < kContrast) ink = draw.colour();
  const double angle = draw.in(0, 6.28318), dx = std::cos(angle), dy = std::sin(angle);
  cv::Mat image(kSide, kSide, CV_32FC3);
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const double along = 0.5 + (dx * (x - kSide / 2) + dy * (y - kSide / 2)) / (1.5 * kSide);
      const cv::Vec3f ground = from + (to - from) * static_cast<float>(along);
      image.at<cv::Vec3f>(y, x) = ground + (ink - ground) * coverage.at<float>(y, x);
    }
  }
  return image;
}

int draw_digit(const std::vector<DigitFont>& fonts, uint64_t seed, int64_t number, uint8_t* pixels) {
  Draws draw(seed, number);
  const int label = draw.below(10);
  const DigitFont& font = fonts[static_cast<size_t>(draw.below(static_cast<int64_t>(fonts.size())))];
  const int left = draw.chance(0.5) ? draw.below(10) : -1, right = draw.chance(0.5) ? draw.below(10) : -1;
  const Line line = line_of(font, left, label, right, draw.below(kDigitEm / 6));
  cv::Mat image = coloured(placed(line, draw), draw);
  const double blur = draw.in(0, 1.2), noise = draw.in(0, 12);
  if (blur > 0.3) cv::GaussianBlur(image, image, {5, 5}, blur, blur, cv::BORDER_REPLICATE);
  for (int64_t i = 0; i < kPixels; ++i) {
    const double value = image.ptr<float>()[i] + noise * draw.normal();
    pixels[i] = static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
  }
  return label;
}

// Unsigned bytes under big-endian extents.
void write_idx(const std::string& file, const Shape& shape, const std::vector<uint8_t>& bytes) {
  std::string header{0, 0, 8, static_cast<char>(shape.size())};
  for (const int64_t extent : shape) {
    for (const int shift : {24, 16, 8, 0}) header += static_cast<char>(extent >> shift & 0xff);
  }
  write_file(file, [&](const auto& append) {
    append(header);
    append({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  });
}

}  // namespace

int64_t make_digits(const MakeDigitsOptions& o, Progress& progress) {
  if (o.count < 1) throw Error(ErrorKind::kUsage, "--count: expected at least 1, got " + std::to_string(o.count));
  const std::vector<DigitFont> fonts = digit_fonts(o.fonts);
  std::vector<uint8_t> pixels(static_cast<size_t>(o.count * kPixels)), labels(static_cast<size_t>(o.count));
  progress.begin(o.count);
  constexpr int64_t kStep = 1024;
  for (int64_t first = 0; first < o.count; first += kStep) {
    if (progress.interrupted()) return static_cast<int64_t>(fonts.size());
    const int64_t step = std::min(kStep, o.count - first);
    parallel_for(step, [&](int64_t k) {
      const int label = draw_digit(fonts, o.seed, first + k, pixels.data() + (first + k) * kPixels);
      labels[static_cast<size_t>(first + k)] = static_cast<uint8_t>(label);
    });
    progress.advance(step, 0);
  }
  std::error_code failed;
  std::filesystem::create_directories(o.output, failed);
  if (failed) throw Error(ErrorKind::kOutput, o.output + ": cannot create: " + failed.message());
  std::string names;
  for (const DigitFont& font : fonts) names += font.file + "\n";
  const std::string begin = o.output + "/" + o.split;
  write_file(begin + "-fonts.txt", names);
  write_idx(begin + "-images-idx4-ubyte", {o.count, kSide, kSide, 3}, pixels);
  write_idx(begin + "-labels-idx1-ubyte", {o.count}, labels);
  return static_cast<int64_t>(fonts.size());
}

}  // namespace lithe
