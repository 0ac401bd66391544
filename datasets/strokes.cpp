#include "datasets/strokes.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

using Json = nlohmann::json;
using Stroke = std::vector<cv::Point2d>;

constexpr double kSquare = 256, kAround = 16, kWidth = 16;

double number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  throw Error("expected a number, found " + value.dump());
}

cv::Mat bitmap(const Json& values) {
  cv::Mat image(kDrawingSide, kDrawingSide, CV_8U);
  if (values.size() != image.total()) {
    throw Error("expected 784 numbers from 0 to 1, found " + std::to_string(values.size()));
  }
  uint8_t* to = image.data;
  for (const Json& value : values) {
    const double v = number(value);
    if (!(v >= 0 && v <= 1)) throw Error("expected numbers from 0 to 1, found " + value.dump());
    *to++ = static_cast<uint8_t>(std::lround(v * 255));
  }
  return image;
}

std::vector<Stroke> strokes_of(const Json& drawing) {
  std::vector<Stroke> strokes;
  for (const Json& part : drawing) {
    if (!part.is_array() || part.size() < 2 || !part[0].is_array() || part[0].size() != part[1].size()) {
      throw Error("stroke " + std::to_string(strokes.size()) + ": expected [[x, ...], [y, ...]], as many of each");
    }
    strokes.emplace_back();
    for (size_t i = 0; i < part[0].size(); ++i) strokes.back().emplace_back(number(part[0][i]), number(part[1][i]));
  }
  return strokes;
}

// To the middle of the square, and made smaller if it is larger.
void centre(std::vector<Stroke>* strokes) {
  cv::Point2d low(1e9, 1e9), high(-1e9, -1e9);
  for (const Stroke& stroke : *strokes) {
    for (const cv::Point2d& p : stroke) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  }
  if (!(low.x <= high.x && high.x - low.x < 1e6 && high.y - low.y < 1e6)) {
    throw Error("expected strokes of at least one point, on less than a million pixels");
  }
  const double scale = std::min(1.0, (kSquare - 1) / std::max({high.x - low.x, high.y - low.y, 1.0}));
  const cv::Point2d middle(kAround + kSquare / 2, kAround + kSquare / 2);
  for (Stroke& stroke : *strokes) {
    for (cv::Point2d& p : stroke) p = (p - (low + high) / 2) * scale + middle;
  }
}

}  // namespace

cv::Mat draw(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (json.is_array()) return bitmap(json);
  if (!json.is_object() || !json.contains("drawing") || !json["drawing"].is_array()) {
    throw Error("expected an object with \"drawing\", or an array of 784 numbers");
  }
  std::vector<Stroke> strokes = strokes_of(json["drawing"]);
  centre(&strokes);
  // Four times the size, so that the reduction smooths the edges; points in 1/16 of a pixel.
  constexpr int kLarge = 4 * kDrawingSide, kShift = 4;
  const double scale = kLarge / (kSquare + 2 * kAround);
  cv::Mat large = cv::Mat::zeros(kLarge, kLarge, CV_8U), image;
  for (const Stroke& stroke : strokes) {
    std::vector<cv::Point> points;
    for (const cv::Point2d& p : stroke) points.emplace_back(p * scale * (1 << kShift));
    cv::polylines(large, points, false, 255, static_cast<int>(std::lround(kWidth * scale)), cv::LINE_AA, kShift);
  }
  cv::resize(large, image, {kDrawingSide, kDrawingSide}, 0, 0, cv::INTER_AREA);
  return image;
}

}  // namespace lithe
