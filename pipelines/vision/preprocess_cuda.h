#pragma once

#include <opencv2/core.hpp>

#include "pipelines/model/model.h"

namespace lithe {

/// `preprocess` on the CUDA device whose context is current: the bytes of an 8-bit B G R image are uploaded, and the
/// network's input is written to `planes` (C x crop_height x crop_width, row-major) in the memory of that context. The
/// pixels are those of `preprocess` to the bit, with and without antialiasing; (x - mean) / std is one multiply-add
/// there and may differ in the last bit. For three channels only. Throws ImageError(kTooSmall), cv::Exception if the
/// device fails. Weak: nullptr where OpenCV came without its CUDA modules.
[[gnu::weak]] void preprocess_cuda(const Preprocessing& preprocessing, const cv::Mat& bgr, float* planes);

}  // namespace lithe
