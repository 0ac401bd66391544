#include "pipelines/vision/preprocess_cuda.h"

#include <opencv2/core/cuda.hpp>
#include <opencv2/cudaarithm.hpp>

#include "pipelines/core/error.h"
#include "pipelines/vision/preprocess.h"
#include "pipelines/vision/resample.h"

// OpenCV's cv::cuda::resize drops pixels when it shrinks. Resizing is linear, so it is two matrix products here, with
// the weights that the processor uses: integers, whose sums doubles hold exactly in any order.
namespace lithe {
namespace {

using cv::cuda::GpuMat;

GpuMat on_device(const cv::Mat& matrix) {
  GpuMat uploaded;
  uploaded.upload(matrix);
  return uploaded;
}

GpuMat product(const GpuMat& a, const GpuMat& b) {
  GpuMat result;
  cv::cuda::gemm(a, b, 1, GpuMat(), 0, result);
  return result;
}

// Pixels of fixed-point sums. Half a unit more decides ties upwards, which OpenCV would round to even. Nothing is
// beyond 0 to 255: the weights of a pixel are positive and sum to one.
GpuMat rounded(const GpuMat& sums) {
  constexpr double kUnit = 1.0 / (1 << kResampleBits);
  GpuMat pixels;
  sums.convertTo(pixels, CV_32S, kUnit, kUnit / 2);
  return pixels;
}

GpuMat to_doubles(const GpuMat& pixels) {
  GpuMat doubles;
  pixels.convertTo(doubles, CV_64F, 1, 0);
  return doubles;
}

}  // namespace

void preprocess_cuda(const Preprocessing& p, const cv::Mat& bgr, float* planes) {
  LITHE_CHECK(channels_of(p) == 3 && bgr.type() == CV_8UC3);
  const Crop crop = crop_of(p, bgr.size());
  const bool antialias = p.interpolation == "area", resized = crop.size != bgr.size();
  cv::Rect needed = crop.window;  // of the image
  GpuMat across, down;
  if (resized) {
    const auto x = resampling_matrix(bgr.cols, crop.size.width, needed.x, needed.width, antialias);
    const auto y = resampling_matrix(bgr.rows, crop.size.height, needed.y, needed.height, antialias);
    needed = {x.first, y.first, x.weights.cols, y.weights.cols};
    across = on_device(x.weights.t()), down = on_device(y.weights);
  }
  GpuMat channels[3];
  cv::cuda::split(on_device(bgr(needed)), channels);
  for (int c = 0; c < 3; ++c, planes += p.crop_height * p.crop_width) {
    GpuMat pixels = channels[p.channels == "rgb" ? 2 - c : c];
    if (resized) {
      const GpuMat narrow = rounded(product(to_doubles(pixels), across));
      pixels = rounded(product(down, to_doubles(narrow)));
    }
    const double scale = 1.0 / p.std[static_cast<size_t>(c)];
    GpuMat plane(static_cast<int>(p.crop_height), static_cast<int>(p.crop_width), CV_32F, planes);
    pixels.convertTo(plane, CV_32F, scale, -p.mean[static_cast<size_t>(c)] * scale);
  }
}

}  // namespace lithe
