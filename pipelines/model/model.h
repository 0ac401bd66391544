#pragma once
// A network with its weights and everything that is needed to use it on an image.

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/parameters.h"
#include "pipelines/model/preprocessing.h"

namespace lithe {

struct Model {
  std::string network;                         // a name of `lithe list networks`, or "graph" for an imported one
  std::map<std::string, std::string> options;  // the network's options as text
  Graph graph;
  Parameters parameters;
  Preprocessing preprocessing;
  std::vector<std::string> labels;  // one per output index, or empty
  std::string licence, recipe, source;
  std::string hash;  // of graph and parameters; empty for a model that load_model did not make
};

struct ModelRequest {
  std::string model;                           // network name, Lithe file (.safetensors) or ONNX file (.onnx)
  std::string weights;                         // empty: those of the file, else seeded and calibrated ones
  std::map<std::string, std::string> options;  // --set key=value
  uint64_t seed = 1;                           // of the seeded weights
  std::string domain = {};                     // of a backbone's file (domain.h); empty: the backbone itself
};

/// Labels, preprocessing and network options come from the model file, else from the weights file, else they are the
/// network's own: the preset imagenet at the network's input size, or inception for an ONNX file with 1001 classes
/// (the convention of TensorFlow's classifiers). Throws Error naming what is missing, unknown or does not fit.
Model load_model(const ModelRequest& request);

/// Writes everything into one Lithe file: safetensors whose metadata name the network, its options or graph, the
/// labels, the preprocessing and where the weights come from (docs/model_file.md). With `weights` F16 or BF16 tensors
/// of two and more dimensions are stored rounded to that. Throws Error naming the tensor that holds a number beyond its
/// range.
void save_model(const Model& model, const std::string& path, DType weights = DType::kF32);

/// SHA-256 over graph and parameters.
std::string model_hash(const Graph& graph, const Parameters& parameters);

}  // namespace lithe
