#pragma once

#include <opencv2/dnn.hpp>
#include <string>

#include "pipelines/core/tensor.h"

namespace lithe {

/// What cv::dnn makes of an ONNX file: a second engine, written by others.
inline Tensor run_in_opencv(const std::string& onnx, const Tensor& input) {
  cv::dnn::Net net = cv::dnn::readNetFromONNX(onnx.data(), onnx.size());
  const std::vector<int> extents(input.shape().begin(), input.shape().end());
  net.setInput(cv::Mat(extents, CV_32F, input.data()));
  const cv::Mat output = net.forward();
  Tensor result(Shape(output.size.p, output.size.p + output.dims));
  std::copy_n(output.ptr<float>(), output.total(), result.data());
  return result;
}

}  // namespace lithe
