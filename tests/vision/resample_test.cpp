#include "pipelines/vision/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <random>

namespace lithe::test {
namespace {

cv::Mat noise(int width, int height, int channels) {
  std::mt19937 random(5);
  cv::Mat image(height, width, CV_8UC(channels));
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < width * channels; ++i) image.ptr(y)[i] = static_cast<uint8_t>(random());
  }
  return image;
}

// The weighted mean under a tent of `radius` input pixels around the centre of output (x, y), both axes at once.
double expected(const cv::Mat& image, int channel, cv::Size size, int x, int y, bool antialias) {
  const double sx = static_cast<double>(image.cols) / size.width, sy = static_cast<double>(image.rows) / size.height;
  const auto tent = [&](int i, int out, double scale) {
    const double radius = antialias && scale > 1 ? scale : 1;
    return std::max(0.0, 1 - std::fabs(i + 0.5 - (out + 0.5) * scale) / radius);
  };
  double sum = 0, weights = 0;
  for (int v = 0; v < image.rows; ++v) {
    for (int u = 0; u < image.cols; ++u) {
      const double weight = tent(u, x, sx) * tent(v, y, sy);
      sum += weight * image.ptr(v)[u * image.channels() + channel];
      weights += weight;
    }
  }
  return sum / weights;
}

TEST(Resample, IsTheMeanUnderATent) {
  struct Case {
    cv::Size in, out;
  };
  for (const Case& c : {Case{{50, 37}, {23, 17}}, Case{{31, 20}, {64, 45}}, Case{{40, 9}, {13, 21}},
                        Case{{16, 16}, {16, 16}}, Case{{5, 5}, {1, 1}}, Case{{1, 1}, {4, 3}}}) {
    for (const int channels : {1, 3}) {
      for (const bool antialias : {true, false}) {
        const cv::Mat image = noise(c.in.width, c.in.height, channels);
        const cv::Mat found = resample(image, c.out, {{}, c.out}, antialias);
        double worst = 0;
        for (int y = 0; y < c.out.height; ++y) {
          for (int x = 0; x < c.out.width; ++x) {
            for (int k = 0; k < channels; ++k) {
              const double value = expected(image, k, c.out, x, y, antialias);
              worst = std::max(worst, std::fabs(found.ptr(y)[x * channels + k] - value));
            }
          }
        }
        EXPECT_LE(worst, 1.01) << "two roundings: " << c.in << " to " << c.out << (antialias ? " antialiased" : "");
      }
    }
  }
}

TEST(Resample, AWindowIsAPartOfTheWhole) {
  const cv::Mat image = noise(91, 53, 3);
  const cv::Size size(40, 70);
  const cv::Rect window(7, 30, 25, 33);
  const cv::Mat whole = resample(image, size, {{}, size}, true);
  EXPECT_EQ(cv::norm(whole(window), resample(image, size, window, true), cv::NORM_INF), 0);
}

// The channels of a colour are one vector, grey values are not: both ways give the same numbers, to the last column and
// row.
TEST(Resample, ChannelsAreResampledLikeGreyImages) {
  const cv::Mat image = noise(91, 53, 3);
  for (const cv::Size size : {cv::Size(40, 30), cv::Size(91, 20), cv::Size(23, 53), cv::Size(200, 140)}) {
    const cv::Mat colours = resample(image, size, {{}, size}, true);
    for (int c = 0; c < 3; ++c) {
      cv::Mat channel, expected_channel;
      cv::extractChannel(image, channel, c);
      cv::extractChannel(colours, expected_channel, c);
      EXPECT_EQ(cv::norm(expected_channel, resample(channel, size, {{}, size}, true), cv::NORM_INF), 0) << size;
    }
  }
}

TEST(Resample, WithoutAntialiasingItIsOpenCvsBilinear) {
  const cv::Mat image = noise(91, 53, 3);
  for (const cv::Size size : {cv::Size(40, 30), cv::Size(200, 140)}) {
    cv::Mat other;
    cv::resize(image, other, size, 0, 0, cv::INTER_LINEAR);
    EXPECT_LE(cv::norm(other, resample(image, size, {{}, size}, false), cv::NORM_INF), 1);
  }
}

TEST(Resample, LongThinImagesCostNoMoreThanTheirWindow) {
  const cv::Mat image = noise(20000, 2, 3);  // to 2,560,000 x 256, which would be 2 GB
  const cv::Mat found = resample(image, {2560000, 256}, {1279900, 16, 224, 224}, true);
  EXPECT_EQ(found.size(), cv::Size(224, 224));
}

TEST(Resample, ConstantImagesStayConstant) {
  for (const int level : {0, 1, 127, 254, 255}) {
    const cv::Mat image(37, 61, CV_8UC3, cv::Scalar::all(level));
    const cv::Mat found = resample(image, {29, 41}, {0, 0, 29, 41}, true);
    EXPECT_EQ(cv::norm(found, cv::Mat(41, 29, CV_8UC3, cv::Scalar::all(level)), cv::NORM_INF), 0) << level;
  }
}

}  // namespace
}  // namespace lithe::test
