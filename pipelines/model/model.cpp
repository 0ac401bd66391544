#include "pipelines/model/model.h"

#include <cmath>

#include "pipelines/core/file.h"
#include "pipelines/core/float32.h"
#include "pipelines/core/names.h"
#include "pipelines/formats/graph_json.h"
#include "pipelines/formats/onnx_import.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/model/domain.h"
#include "pipelines/model/model_metadata.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

bool has_suffix(const std::string& name, const std::string& suffix) {
  return name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::map<std::string, std::string> merged(std::map<std::string, std::string> first,
                                          const std::map<std::string, std::string>& second) {
  first.insert(second.begin(), second.end());
  return first;
}

int64_t classes_of(const Graph& graph) { return graph.value(graph.outputs.at(0)).shape.at(1); }

// At the size of the network's input, if that is an image.
Preprocessing preset_for(const Graph& graph, const std::string& name) {
  const Shape image = input_shapes(graph, 1).at(0);
  return image.size() == 4 ? preprocessing_preset(name, image[2], image[3]) : preprocessing_preset(name);
}

void refuse_options(const ModelRequest& request) {
  if (request.options.empty()) return;
  throw Error(ErrorKind::kUsage, "--set " + request.options.begin()->first + ": " + request.model +
                                     " holds a finished graph; options belong to networks of `lithe list networks`");
}

Model from_onnx(const ModelRequest& request) {
  refuse_options(request);
  OnnxModel onnx = read_onnx(request.model);
  Model model;
  model.network = kGraphNetwork;
  model.graph = std::move(onnx.graph);
  model.parameters = std::move(onnx.parameters);
  const Shape image = input_shapes(model.graph, 1).at(0);
  if (image.size() == 4) model.preprocessing = usual_preprocessing(classes_of(model.graph), image[2], image[3]);
  model.source = onnx.producer;
  return model;
}

// A Lithe file, or a network's name with the metadata of a weights file (empty if there is none).
Model described(const ModelRequest& request, const std::string& network, const Metadata& metadata,
                const std::string& where) {
  Model model;
  model.network = network;
  if (network == kGraphNetwork) {
    refuse_options(request);
    model.graph = graph_from_json(entry(metadata, kGraphKey, where), where);
  } else {
    model.options = merged(request.options, options_from(metadata, where));
    model.graph = build_network(network, model.options);
  }
  model.preprocessing = preset_for(model.graph, "imagenet");
  read_metadata(metadata, where, &model);
  return model;
}

Model from_file(const ModelRequest& request) {
  const SafetensorsFile file = read_safetensors(request.model);
  const auto network = file.metadata.find(kNetworkKey);
  if (network == file.metadata.end()) {
    throw Error(request.model + ": holds weights but does not say of which network; use --model NETWORK --weights " +
                request.model);
  }
  Model model = described(request, network->second, file.metadata, request.model);
  if (request.weights.empty()) model.parameters = match_parameters(model.graph, file.tensors);
  return model;
}

Model from_table(const ModelRequest& request) {
  find_network(request.model);
  if (request.weights.empty()) {
    Model model = described(request, request.model, {}, request.model);
    model.parameters = seeded_parameters(model.graph, request.seed);
    model.source = "seed " + std::to_string(request.seed);
    return model;
  }
  Metadata metadata = read_safetensors(request.weights).metadata;
  const auto network = metadata.find(kNetworkKey);
  if (network != metadata.end() && network->second != request.model) metadata.clear();
  return described(request, request.model, metadata, request.weights);
}

}  // namespace

Model load_model(const ModelRequest& request) {
  const bool onnx = has_suffix(request.model, ".onnx"), file = has_suffix(request.model, ".safetensors");
  for (const std::string& name : {request.model, request.weights}) {
    for (const char* const suffix : {".pth", ".pt", ".ckpt", ".bin"}) {
      if (has_suffix(name, suffix))
        throw Error(ErrorKind::kUsage, name + ": make a Lithe file of it with `lithe import`");
    }
  }
  Model model = onnx ? from_onnx(request) : file ? from_file(request) : from_table(request);
  if (!request.weights.empty()) {
    model.parameters = match_parameters(model.graph, read_safetensors(request.weights).tensors);
  }
  if (!model.labels.empty() && static_cast<int64_t>(model.labels.size()) != classes_of(model.graph)) {
    throw Error(request.model + ": " + std::to_string(model.labels.size()) + " labels for " +
                std::to_string(classes_of(model.graph)) + " classes");
  }
  model.hash = model_hash(model.graph, model.parameters);
  if (request.domain.empty()) return model;
  return in_domain(model, read_domain(domain_file(request.model, request.domain)));
}

void save_model(const Model& model, const std::string& path, DType weights) {
  Parameters stored = model.parameters;
  for (auto& [name, tensor] : stored) {
    if (weights == DType::kF32 || tensor.rank() < 2) continue;
    const Tensor exact = tensor.contiguous();
    tensor = to_half(exact, weights);
    const Tensor read = to_float32(tensor);
    for (int64_t i = 0; i < exact.size(); ++i) {
      if (std::isfinite(read.data()[i]) || !std::isfinite(exact.data()[i])) continue;
      throw Error(path + ": parameter \"" + name + "\" holds " + std::to_string(exact.data()[i]) +
                  ", beyond the range of " + name_of(weights));
    }
  }
  write_safetensors(path, stored, write_metadata(model));
}

std::string model_hash(const Graph& graph, const Parameters& parameters) {
  std::string text = graph_to_json(graph);
  for (const auto& [name, tensor] : parameters) {
    const Tensor rows = tensor.contiguous();
    text += "\n" + name + " " + to_string(rows.shape()) + " " +
            sha256({static_cast<const char*>(rows.raw()), static_cast<size_t>(rows.bytes())});
  }
  return sha256(text);
}

}  // namespace lithe
