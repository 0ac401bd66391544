#include "pipelines/vision/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

// Weights are fixed-point numbers of PIL's precision: 8 bits of pixel and a sum that may overshoot by one bit fit
// in 31.
constexpr int kBits = 22;

// For each output along one axis the inputs that count and their weights, which sum to 1.
struct Axis {
  std::vector<int> first, count;
  std::vector<int32_t> weights;  // `taps` for each output
  int taps = 0;

  const int32_t* weights_of(int i) const { return weights.data() + static_cast<ptrdiff_t>(i) * taps; }
};

Axis make_axis(int in, int out, int begin, int length, bool antialias) {
  const double scale = static_cast<double>(in) / out, radius = antialias ? std::max(scale, 1.0) : 1.0;
  Axis axis;
  axis.taps = 2 * static_cast<int>(std::ceil(radius)) + 1;
  axis.weights.resize(static_cast<size_t>(length) * static_cast<size_t>(axis.taps));
  std::vector<double> triangle(static_cast<size_t>(axis.taps));
  for (int i = 0; i < length; ++i) {
    const double centre = (begin + i + 0.5) * scale;
    const int first = std::max(static_cast<int>(centre - radius + 0.5), 0);
    const int count = std::min(static_cast<int>(centre + radius + 0.5), in) - first;
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      sum += triangle[static_cast<size_t>(k)] = std::max(0.0, 1 - std::abs((first + k + 0.5 - centre) / radius));
    }
    for (int k = 0; k < count; ++k) {
      axis.weights[static_cast<size_t>(i * axis.taps + k)] =
          static_cast<int32_t>(std::lround(triangle[static_cast<size_t>(k)] / sum * (1 << kBits)));
    }
    axis.first.push_back(first);
    axis.count.push_back(count);
  }
  return axis;
}

uint8_t to_pixel(int32_t sum) { return static_cast<uint8_t>(std::clamp(sum >> kBits, 0, 255)); }

template <int kChannels>
void resample_row(const uint8_t* from, const Axis& axis, uint8_t* to) {
  for (size_t x = 0; x < axis.first.size(); ++x) {
    const uint8_t* pixel = from + axis.first[x] * kChannels;
    const int32_t* weight = axis.weights_of(static_cast<int>(x));
    int32_t sum[kChannels];
    std::fill_n(sum, kChannels, 1 << (kBits - 1));
    for (int k = 0; k < axis.count[x]; ++k, pixel += kChannels) {
      for (int c = 0; c < kChannels; ++c) sum[c] += pixel[c] * weight[k];
    }
    for (int c = 0; c < kChannels; ++c) *to++ = to_pixel(sum[c]);
  }
}

// Output row y from input rows first[y] - `above` and on.
void resample_column(const cv::Mat& rows, int above, const Axis& axis, int y, std::vector<int32_t>* sums, uint8_t* to) {
  std::fill(sums->begin(), sums->end(), 1 << (kBits - 1));
  for (int k = 0; k < axis.count[static_cast<size_t>(y)]; ++k) {
    const uint8_t* from = rows.ptr(axis.first[static_cast<size_t>(y)] + k - above);
    const int32_t weight = axis.weights_of(y)[k];
    for (size_t i = 0; i < sums->size(); ++i) (*sums)[i] += from[i] * weight;
  }
  for (size_t i = 0; i < sums->size(); ++i) to[i] = to_pixel((*sums)[i]);
}

}  // namespace

cv::Mat resample(const cv::Mat& image, cv::Size size, cv::Rect window, bool antialias) {
  LITHE_CHECK(image.depth() == CV_8U && (image.channels() == 1 || image.channels() == 3));
  LITHE_CHECK((window & cv::Rect(cv::Point(), size)) == window && !window.empty());
  const Axis x = make_axis(image.cols, size.width, window.x, window.width, antialias);
  const Axis y = make_axis(image.rows, size.height, window.y, window.height, antialias);
  const int above = y.first.front(), rows = y.first.back() + y.count.back() - above;
  cv::Mat narrow(rows, window.width, image.type());
  for (int r = 0; r < rows; ++r) {
    const auto resample_any = image.channels() == 1 ? resample_row<1> : resample_row<3>;
    resample_any(image.ptr(above + r), x, narrow.ptr(r));
  }
  cv::Mat result(window.size(), image.type());
  std::vector<int32_t> sums(static_cast<size_t>(window.width * image.channels()));
  for (int r = 0; r < window.height; ++r) resample_column(narrow, above, y, r, &sums, result.ptr(r));
  return result;
}

}  // namespace lithe
