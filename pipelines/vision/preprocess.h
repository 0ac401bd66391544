#pragma once

#include <opencv2/core.hpp>

#include "pipelines/core/tensor.h"
#include "pipelines/model/model.h"

namespace lithe {

/// Throws Error(kUsage) naming the field whose value no image could be prepared with.
void check_preprocessing(const Preprocessing& preprocessing);

/// The number of channels of the network's input: 3, or 1 for gray.
int64_t channels_of(const Preprocessing& preprocessing);
/// The input of one image, 1 C H W.
Shape input_shape(const Preprocessing& preprocessing);

/// PIL's luma: ITU-R 601 in 16-bit fixed point.
inline uint8_t luma(int red, int green, int blue) {
  return static_cast<uint8_t>((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
}

/// Where the crop lies: the image is resized to `size`, of which `window` is kept.
struct Crop {
  cv::Size size;
  cv::Rect window;
};
/// The shorter side becomes resize_to and the longer keeps the proportion, rounded down; the crop is in the centre,
/// halves rounded to even (both as torchvision). Throws ImageError(kTooSmall) for an image smaller than a crop without
/// resizing.
Crop crop_of(const Preprocessing& preprocessing, cv::Size image);

/// What the network sees of an 8-bit B G R image: resized, cropped, 8 bit, B G R or gray as the model's channels are.
/// `result`: memory to use where it fits. Throws ImageError(kTooSmall).
cv::Mat cropped(const Preprocessing& preprocessing, const cv::Mat& bgr, cv::Mat result = {});
/// Writes such pixels as the network's input into `image` (1 x C x crop_height x crop_width, any strides): in the
/// model's channel order, (x - mean) / std.
void normalise(const Preprocessing& preprocessing, const cv::Mat& pixels, const Tensor& image);
/// Both.
void preprocess(const Preprocessing& preprocessing, const cv::Mat& bgr, const Tensor& image);

}  // namespace lithe
