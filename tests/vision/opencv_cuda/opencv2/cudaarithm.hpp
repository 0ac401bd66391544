#pragma once
// Of OpenCV's module cudaarithm, which Debian does not have, the functions that Lithe uses, as OpenCV 4 declares them.

#include <opencv2/core/cuda.hpp>

namespace cv::cuda {

CV_EXPORTS_W void gemm(InputArray src1, InputArray src2, double alpha, InputArray src3, double beta, OutputArray dst,
                       int flags = 0, Stream& stream = Stream::Null());
CV_EXPORTS_W void split(InputArray src, GpuMat* dst, Stream& stream = Stream::Null());

}  // namespace cv::cuda
