#pragma once
// A network with its weights and everything that is needed to use it on an image.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/parameters.h"

namespace lithe {

/// From a decoded image (8 bit, any size) to the network's input. All values in pixels and on the scale 0..255.
struct Preprocessing {
  std::string resize = "shorter_side";  // shorter_side: to `resize_to`; stretch: straight to the crop size; none
  int64_t resize_to = 256;
  std::string interpolation = "area";  // area: antialiased bilinear, as PIL; bilinear: OpenCV's INTER_LINEAR
  int64_t crop_height = 224, crop_width = 224;  // centre crop
  std::string channels = "rgb";                 // rgb, bgr or gray
  std::array<float, 3> mean{123.675f, 116.28f, 103.53f}, std{58.395f, 57.12f, 57.375f};  // y = (x - mean) / std
  std::string preset = "imagenet";
};

/// imagenet (PAPERS 1.9), inception ((x - 127.5) / 127.5), caffe (BGR minus mean), unit (x / 255).
/// Throws Error(kUsage) naming the nearest preset.
Preprocessing preprocessing_preset(const std::string& name);
std::vector<std::string> preprocessing_presets();

struct Model {
  std::string network;                         // a name of `lithe list networks`, or "graph" for an imported one
  std::map<std::string, std::string> options;  // the network's options as text
  Graph graph;
  Parameters parameters;
  Preprocessing preprocessing;
  std::vector<std::string> labels;  // one per output index, or empty
  std::string licence, recipe, source;
  std::string hash;  // SHA-256 over graph and parameters, "seeded" models included
};

struct ModelRequest {
  std::string model;                           // network name, Lithe file (.safetensors) or ONNX file
  std::string weights;                         // empty: those of the file, else seeded and calibrated ones
  std::map<std::string, std::string> options;  // --set key=value
  uint64_t seed = 1;
};

/// Throws Error naming what is missing, unknown or does not fit.
Model load_model(const ModelRequest& request);
/// Writes graph name, options, parameters and the rest into one Lithe file (safetensors with metadata).
void save_model(const Model& model, const std::string& path);

}  // namespace lithe
