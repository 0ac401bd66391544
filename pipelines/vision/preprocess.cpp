#include "pipelines/vision/preprocess.h"

#include <array>
#include <cmath>
#include <limits>

#include "pipelines/core/names.h"
#include "pipelines/vision/image_error.h"
#include "pipelines/vision/resample.h"

namespace lithe {
namespace {

void require_one_of(const char* field, const std::string& value, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  std::string all;
  for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::kUsage, std::string("preprocessing.") + field + ": expected one of " + all + ", found \"" +
                                     value + "\"" + did_you_mean(value, known));
}

void require(bool holds, const std::string& what) {
  if (!holds) throw Error(ErrorKind::kUsage, "preprocessing." + what);
}

cv::Mat to_gray(const cv::Mat& bgr) {
  cv::Mat gray(bgr.size(), CV_8U);
  for (int y = 0; y < bgr.rows; ++y) {
    const auto* from = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < bgr.cols; ++x) gray.at<uint8_t>(y, x) = luma(from[x][2], from[x][1], from[x][0]);
  }
  return gray;
}

using Levels = std::array<std::array<float, 256>, 3>;

// Channel c of every pixel as the level that its value stands for; `reversed`: the pixel holds the last channel first.
template <int kChannels>
void write_levels(const cv::Mat& pixels, const Levels& levels, bool reversed, const Tensor& image) {
  const int64_t across = image.strides()[3];
  std::array<float*, kChannels> to;
  std::array<int, kChannels> from;
  for (int c = 0; c < kChannels; ++c) from[static_cast<size_t>(c)] = reversed ? kChannels - 1 - c : c;
  for (int y = 0; y < pixels.rows; ++y) {
    for (size_t c = 0; c < kChannels; ++c) to[c] = &image.at(0, static_cast<int64_t>(c), y);
    const uint8_t* pixel = pixels.ptr(y);
    for (int64_t x = 0; x < pixels.cols; ++x, pixel += kChannels) {
      for (size_t c = 0; c < kChannels; ++c) to[c][x * across] = levels[c][pixel[from[c]]];
    }
  }
}

}  // namespace

void check_preprocessing(const Preprocessing& p) {
  require_one_of("resize", p.resize, {"shorter_side", "stretch", "none"});
  require_one_of("interpolation", p.interpolation, {"area", "bilinear"});
  require_one_of("channels", p.channels, {"rgb", "bgr", "gray"});
  constexpr int64_t kMaxSide = 1 << 14;
  require(
      p.crop_height >= 1 && p.crop_width >= 1 && p.crop_height <= kMaxSide && p.crop_width <= kMaxSide,
      "crop: expected 1 to 16384 pixels, found " + std::to_string(p.crop_height) + "x" + std::to_string(p.crop_width));
  if (p.resize == "shorter_side") {
    require(p.resize_to <= kMaxSide && p.resize_to >= std::max(p.crop_height, p.crop_width),
            "resize_to: the shorter side must be at least the crop (" + std::to_string(p.crop_height) + "x" +
                std::to_string(p.crop_width) + ") and at most 16384 pixels, found " + std::to_string(p.resize_to));
  }
  for (const float s : p.std) require(std::isfinite(s) && s > 0, "std: must be positive, found " + std::to_string(s));
  for (const float m : p.mean) require(std::isfinite(m), "mean: must be finite");
}

int64_t channels_of(const Preprocessing& preprocessing) { return preprocessing.channels == "gray" ? 1 : 3; }

Shape input_shape(const Preprocessing& p) { return {1, channels_of(p), p.crop_height, p.crop_width}; }

Crop crop_of(const Preprocessing& p, cv::Size image) {
  const cv::Size crop(static_cast<int>(p.crop_width), static_cast<int>(p.crop_height));
  cv::Size size = image;
  if (p.resize == "stretch") {
    size = crop;
  } else if (p.resize == "shorter_side") {
    const int64_t shorter = std::min(image.width, image.height), longer = std::max(image.width, image.height);
    const int64_t resized = p.resize_to * longer / shorter;
    if (resized > std::numeric_limits<int>::max()) {
      throw ImageError(ImageFault::kTooLarge,
                       "the longer side would be resized to " + std::to_string(resized) + " pixels");
    }
    const int side = static_cast<int>(p.resize_to), other = static_cast<int>(resized);
    size = image.width < image.height ? cv::Size(side, other) : cv::Size(other, side);
  }
  if (size.width < crop.width || size.height < crop.height) {
    throw ImageError(ImageFault::kTooSmall, "the image has " + std::to_string(size.width) + "x" +
                                                std::to_string(size.height) + " pixels, the crop without resizing " +
                                                std::to_string(crop.width) + "x" + std::to_string(crop.height));
  }
  const auto centre = [](int all, int part) { return static_cast<int>(std::lrint((all - part) / 2.0)); };
  return {size, cv::Rect(cv::Point(centre(size.width, crop.width), centre(size.height, crop.height)), crop)};
}

cv::Mat cropped(const Preprocessing& p, const cv::Mat& bgr, cv::Mat result) {
  const Crop crop = crop_of(p, bgr.size());
  const cv::Mat source = p.channels == "gray" ? to_gray(bgr) : bgr;
  if (crop.size != source.size()) {
    return resample(source, crop.size, crop.window, p.interpolation == "area", std::move(result));
  }
  source(crop.window).copyTo(result);  // a view would keep the whole image
  return result;
}

void normalise(const Preprocessing& p, const cv::Mat& pixels, const Tensor& image) {
  const int64_t channels = channels_of(p);
  LITHE_CHECK((image.shape() == Shape{1, channels, p.crop_height, p.crop_width}));
  LITHE_CHECK(pixels.rows == p.crop_height && pixels.cols == p.crop_width && pixels.channels() == channels);
  Levels levels;  // a pixel has only so many values
  for (size_t c = 0; c < static_cast<size_t>(channels); ++c) {
    for (size_t i = 0; i < 256; ++i) levels[c][i] = (static_cast<float>(i) - p.mean[c]) / p.std[c];
  }
  (channels == 1 ? write_levels<1> : write_levels<3>)(pixels, levels, p.channels == "rgb", image);
}

void preprocess(const Preprocessing& p, const cv::Mat& bgr, const Tensor& image) {
  normalise(p, cropped(p, bgr), image);
}

}  // namespace lithe
