// Preprocessing on a CUDA device, which OpenCV's modules do: here they run on the processor (opencv_cuda_on_host).
#include "pipelines/vision/preprocess_cuda.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "pipelines/vision/preprocess.h"

namespace lithe::test {
namespace {

cv::Mat noise(int width, int height) {
  std::mt19937 random(7);
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int i = 0; i < 3 * width; ++i) image.ptr(y)[i] = static_cast<uint8_t>(random());
  }
  return image;
}

// The pixels are equal to the bit: one level would be 1/std, thousands of times the difference allowed here.
void compare(const Preprocessing& p, const cv::Mat& bgr) {
  const Shape shape{1, 3, p.crop_height, p.crop_width};
  const Tensor expected(shape), planes(shape);
  preprocess(p, bgr, expected);
  preprocess_cuda(p, bgr, planes.data());
  for (int64_t i = 0; i < planes.size(); ++i) {
    const float e = expected.data()[i];
    ASSERT_NEAR(planes.data()[i], e, 1e-6 * std::max(1.0f, std::fabs(e))) << "at " << i;
  }
}

TEST(CudaPreprocessing, GivesTheProcessorsPixels) {
  const cv::Mat photographs[] = {noise(500, 375), noise(61, 97), noise(1000, 3)};
  for (const cv::Mat& photograph : photographs) {
    for (const char* interpolation : {"area", "bilinear"}) {
      for (const char* channels : {"rgb", "bgr"}) {
        for (const char* resize : {"shorter_side", "stretch"}) {
          SCOPED_TRACE(std::to_string(photograph.cols) + " wide, " + interpolation + ", " + channels + ", " + resize);
          Preprocessing p;
          p.resize = resize, p.interpolation = interpolation, p.channels = channels;
          p.resize_to = 73, p.crop_height = 61, p.crop_width = 64;
          compare(p, photograph);
        }
      }
    }
  }
}

TEST(CudaPreprocessing, CropsWithoutResizing) {
  Preprocessing p;
  p.resize = "none", p.crop_height = 31, p.crop_width = 40;
  compare(p, noise(61, 47));
}

}  // namespace
}  // namespace lithe::test
