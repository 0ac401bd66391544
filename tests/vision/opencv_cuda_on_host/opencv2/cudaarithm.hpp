#pragma once

#include "opencv2/core/cuda.hpp"

namespace cv::cuda {

inline void gemm(const GpuMat& a, const GpuMat& b, double alpha, const GpuMat& c, double beta, GpuMat& product,
                 int flags = 0) {
  cv::gemm(a.on_host, b.on_host, alpha, c.on_host, beta, product.on_host, flags);
}

inline void split(const GpuMat& image, GpuMat* channels) {
  std::vector<Mat> planes;
  cv::split(image.on_host, planes);
  for (size_t c = 0; c < planes.size(); ++c) channels[c].on_host = planes[c];
}

}  // namespace cv::cuda
