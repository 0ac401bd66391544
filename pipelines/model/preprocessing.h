#pragma once
// From a decoded image to a network's input, as numbers that travel with the model.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lithe {

/// From a decoded image (8 bit, any size) to the network's input. All values in pixels and on the scale 0..255.
struct Preprocessing {
  std::string resize = "shorter_side";  // shorter_side: to `resize_to`; stretch: straight to the crop size; none
  int64_t resize_to = 256;
  std::string interpolation = "area";           // area: antialiased bilinear, as PIL; bilinear: OpenCV's INTER_LINEAR
  int64_t crop_height = 224, crop_width = 224;  // centre crop
  std::string channels = "rgb";                 // rgb, bgr or gray
  // y = (x - mean) / std, in the order of `channels`
  std::array<float, 3> mean{123.675f, 116.28f, 103.53f}, std{58.395f, 57.12f, 57.375f};
  std::string preset = "imagenet";
};

/// imagenet (mean and deviation of its photographs), inception ((x - 127.5) / 127.5), caffe (B G R minus the mean),
/// unit (x / 255). Throws Error(kUsage) naming the nearest preset.
Preprocessing preprocessing_preset(const std::string& name);
std::vector<std::string> preprocessing_presets();
/// A preset for images of another size: the shorter side becomes 8/7 of the crop's, 256 for 224.
Preprocessing preprocessing_preset(const std::string& name, int64_t height, int64_t width);
/// What a classifier without a word about it most likely expects: inception for the 1001 classes of TensorFlow's
/// networks (ImageNet's, and background in front), imagenet otherwise.
Preprocessing usual_preprocessing(int64_t classes, int64_t height, int64_t width);

std::string to_json(const Preprocessing& preprocessing);
/// Throws Error naming the member that is missing or out of range; `where` names the text in messages.
Preprocessing preprocessing_from_json(const std::string& json, const std::string& where);

}  // namespace lithe
