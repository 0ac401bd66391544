#include "datasets/colour_jitter.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

namespace lithe {
namespace {

cv::Mat gray_of(const cv::Mat& image) {
  if (image.channels() == 1) return image;
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_RGB2GRAY);
  return gray;
}

cv::Mat scaled(const cv::Mat& image, double factor, double offset) {
  cv::Mat result;
  image.convertTo(result, -1, factor, offset);
  return result;
}

cv::Mat saturated(const cv::Mat& image, double factor) {
  cv::Mat gray, result;
  cv::cvtColor(gray_of(image), gray, cv::COLOR_GRAY2RGB);
  cv::addWeighted(image, factor, gray, 1 - factor, 0, result);
  return result;
}

cv::Mat turned(const cv::Mat& image, double turn) {
  cv::Mat result;
  cv::cvtColor(image, result, cv::COLOR_RGB2HSV_FULL);  // a turn is 256
  const int step = static_cast<int>(std::lround(turn * 256));
  for (int y = 0; y < result.rows; ++y) {
    auto* pixel = result.ptr<cv::Vec3b>(y);
    for (int x = 0; x < result.cols; ++x) pixel[x][0] = static_cast<uint8_t>(pixel[x][0] + step);
  }
  cv::cvtColor(result, result, cv::COLOR_HSV2RGB_FULL);
  return result;
}

}  // namespace

cv::Mat jittered(cv::Mat image, const ColourJitter& jitter) {
  if (jitter.brightness != 1) image = scaled(image, jitter.brightness, 0);
  if (jitter.contrast != 1) image = scaled(image, jitter.contrast, (1 - jitter.contrast) * cv::mean(gray_of(image))[0]);
  if (image.channels() == 1) return image;
  if (jitter.saturation != 1) image = saturated(image, jitter.saturation);
  if (jitter.hue != 0) image = turned(image, jitter.hue);
  return image;
}

}  // namespace lithe
