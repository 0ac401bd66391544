#pragma once
// Of OpenCV's CUDA modules the functions that Lithe uses, on the processor.

#include <opencv2/core.hpp>

namespace cv::cuda {

class GpuMat {
 public:
  GpuMat() = default;
  GpuMat(int height, int width, int type, void* data, size_t step = Mat::AUTO_STEP)
      : on_host(height, width, type, data, step) {}

  void upload(InputArray matrix) { matrix.getMat().copyTo(on_host); }
  void convertTo(GpuMat& to, int type, double alpha, double beta = 0) const {
    on_host.convertTo(to.on_host, type, alpha, beta);
  }

  Mat on_host;
};

}  // namespace cv::cuda
