#include "pipelines/vision/resample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include <vector>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

// Weights are fixed-point numbers of PIL's precision: 8 bits of pixel and a sum that may overshoot by one bit fit
// in 31.
constexpr int kBits = kResampleBits;

// For each output along one axis the inputs that count and their weights, which sum to 1.
struct Axis {
  std::vector<int> first, count;
  std::vector<int32_t> weights;  // `taps` for each output, zero behind the last
  int taps = 0;                  // a multiple of kStep

  const int32_t* weights_of(int i) const { return weights.data() + static_cast<ptrdiff_t>(i) * taps; }
};
constexpr int kStep = 4;

Axis make_axis(int in, int out, int begin, int length, bool antialias) {
  const double scale = static_cast<double>(in) / out, radius = antialias ? std::max(scale, 1.0) : 1.0;
  Axis axis;
  axis.taps = (2 * static_cast<int>(std::ceil(radius)) + kStep) / kStep * kStep;
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

// Output row y from input rows first[y] - `above` and on, of `count` numbers each, some of them at a time: their sums
// stay in registers.
[[gnu::always_inline]] inline void resample_column(const cv::Mat& rows, int above, const Axis& axis, int y, int count,
                                                   uint8_t* to) {
  constexpr int kBlock = 32;
  const int first = axis.first[static_cast<size_t>(y)] - above, taps = axis.count[static_cast<size_t>(y)];
  const int32_t* weight = axis.weights_of(y);
  for (int begin = 0; begin < count; begin += kBlock) {
    const int block = std::min(kBlock, count - begin);
    int32_t sum[kBlock];
    std::fill_n(sum, kBlock, 1 << (kBits - 1));
    for (int k = 0; k < taps; ++k) {
      const uint8_t* from = rows.ptr(first + k) + begin;
      if (block == kBlock) {
        for (int i = 0; i < kBlock; ++i) sum[i] += from[i] * weight[k];
      } else {
        for (int i = 0; i < block; ++i) sum[i] += from[i] * weight[k];
      }
    }
    for (int i = 0; i < block; ++i) to[begin + i] = to_pixel(sum[i]);
  }
}

#if defined(__x86_64__)
// The same sums of three channels, kStep taps at a time. Products of 16 bits are added in pairs, so a weight is taken
// in two parts: `low` holds its last kLowBits. `from` can be read kReadBehind bytes behind its last pixel.
constexpr int kLowBits = 11, kReadBehind = 16;

struct Parts {
  std::vector<int16_t> high, low;

  explicit Parts(const Axis& axis) {
    for (const int32_t weight : axis.weights) {
      high.push_back(static_cast<int16_t>(weight >> kLowBits));
      low.push_back(static_cast<int16_t>(weight & ((1 << kLowBits) - 1)));
    }
  }
};

[[gnu::target("avx2")]] inline __m256i four_weights(const int16_t* weights) {
  int64_t four;
  std::memcpy(&four, weights, sizeof four);
  return _mm256_set1_epi64x(four);
}

[[gnu::target("avx2")]] void resample_row_avx2(const uint8_t* from, const Axis& axis, const Parts& parts, uint8_t* to) {
  // B G R B G R B G R B G R as pairs of 16 bits, one per weight: B B B B G G G G, R R R R.
  const __m256i pairs = _mm256_setr_epi8(0, -1, 3, -1, 6, -1, 9, -1, 1, -1, 4, -1, 7, -1, 10, -1,  //
                                         2, -1, 5, -1, 8, -1, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  for (size_t x = 0; x < axis.first.size(); ++x, to += 3) {
    const uint8_t* pixel = from + axis.first[x] * 3;
    const size_t first = x * static_cast<size_t>(axis.taps), end = first + static_cast<size_t>(axis.count[x]);
    __m256i high = _mm256_setzero_si256(), low = high;
    for (size_t k = first; k < end; k += kStep, pixel += 3 * kStep) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixel));
      const __m256i channels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs);
      high = _mm256_add_epi32(high, _mm256_madd_epi16(channels, four_weights(&parts.high[k])));
      low = _mm256_add_epi32(low, _mm256_madd_epi16(channels, four_weights(&parts.low[k])));
    }
    __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, kLowBits), low);
    sum = _mm256_add_epi32(_mm256_hadd_epi32(sum, sum), _mm256_set1_epi32(1 << (kBits - 1)));
    sum = _mm256_srai_epi32(sum, kBits);
    sum = _mm256_packs_epi32(sum, sum);  // this and the next one saturate
    sum = _mm256_packus_epi16(sum, sum);
    to[0] = static_cast<uint8_t>(_mm256_extract_epi8(sum, 0));
    to[1] = static_cast<uint8_t>(_mm256_extract_epi8(sum, 1));
    to[2] = static_cast<uint8_t>(_mm256_extract_epi8(sum, 16));
  }
}

[[gnu::target("avx2")]] void resample_column_avx2(const cv::Mat& rows, int above, const Axis& axis, int y, int count,
                                                  uint8_t* to) {
  resample_column(rows, above, axis, y, count, to);
}

// Both passes; false where the processor or the image is of another kind.
bool resample_avx2(const cv::Mat& image, const Axis& x, const Axis& y, int above, cv::Mat& narrow, cv::Mat& result) {
  if (!__builtin_cpu_supports("avx2") || image.channels() != 3) return false;
  const Parts parts(x);
  for (int r = 0; r < narrow.rows; ++r) {
    const uint8_t* from = image.ptr(above + r);
    const size_t behind = static_cast<size_t>(image.rows - 1 - above - r) * image.step;
    if (behind >= kReadBehind) {
      resample_row_avx2(from, x, parts, narrow.ptr(r));
    } else {
      resample_row<3>(from, x, narrow.ptr(r));
    }
  }
  for (int r = 0; r < result.rows; ++r) {
    resample_column_avx2(narrow, above, y, r, result.cols * 3, result.ptr(r));
  }
  return true;
}
#else
bool resample_avx2(const cv::Mat&, const Axis&, const Axis&, int, cv::Mat&, cv::Mat&) { return false; }
#endif

}  // namespace

ResamplingMatrix resampling_matrix(int in, int out, int begin, int length, bool antialias) {
  const Axis axis = make_axis(in, out, begin, length, antialias);
  const int first = axis.first.front(), inputs = axis.first.back() + axis.count.back() - first;
  cv::Mat weights = cv::Mat::zeros(length, inputs, CV_64F);
  for (int i = 0; i < length; ++i) {
    const auto row = static_cast<size_t>(i);
    for (int k = 0; k < axis.count[row]; ++k) {
      weights.at<double>(i, axis.first[row] - first + k) = axis.weights_of(i)[k];
    }
  }
  return {first, weights};
}

cv::Mat resample(const cv::Mat& image, cv::Size size, cv::Rect window, bool antialias, cv::Mat result) {
  LITHE_CHECK(image.depth() == CV_8U && (image.channels() == 1 || image.channels() == 3));
  LITHE_CHECK((window & cv::Rect(cv::Point(), size)) == window && !window.empty());
  const Axis x = make_axis(image.cols, size.width, window.x, window.width, antialias);
  const Axis y = make_axis(image.rows, size.height, window.y, window.height, antialias);
  const int above = y.first.front(), rows = y.first.back() + y.count.back() - above;
  cv::Mat narrow(rows, window.width, image.type());
  result.create(window.size(), image.type());
  if (resample_avx2(image, x, y, above, narrow, result)) return result;
  const auto resample_any = image.channels() == 1 ? resample_row<1> : resample_row<3>;
  for (int r = 0; r < rows; ++r) resample_any(image.ptr(above + r), x, narrow.ptr(r));
  for (int r = 0; r < window.height; ++r) {
    resample_column(narrow, above, y, r, window.width * image.channels(), result.ptr(r));
  }
  return result;
}

}  // namespace lithe
