#include <iostream>
#include <sstream>

#include "cli/command.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/torch_checkpoint.h"
#include "pipelines/model/model.h"
#include "pipelines/networks/registry.h"

namespace lithe::cli {
namespace {

struct ImportOptions {
  std::string file, output, network, labels, preset, licence;
  std::map<std::string, std::string> set;
  template <class Field>
  void visit(Field&& f) {
    f.positional("file", file, "PyTorch checkpoint, or ONNX file: its name ends in .onnx", "FILE");
    f.required("output", output, "Lithe file to write, .safetensors", "FILE");
    f("network", network, "network that the weights of a checkpoint are for", "NETWORK");
    f("set", set, "option of that network");
    f("labels", labels, "names of the classes, one a line", "FILE");
    f("preset", preset, "preprocessing: `lithe list presets`", "TEXT");
    f("licence", licence, "licence of the weights, kept in the file", "TEXT");
  }
};

bool is_onnx(const std::string& file) { return file.size() > 5 && file.substr(file.size() - 5) == ".onnx"; }

void report(const std::string& what, const Words& names) {
  constexpr size_t kShown = 20;
  if (names.empty()) return;
  std::cerr << names.size() << " " << what << ":\n";
  for (size_t i = 0; i < names.size() && i < kShown; ++i) std::cerr << "  " << names[i] << "\n";
  if (names.size() > kShown) std::cerr << "  and " << names.size() - kShown << " more\n";
}

Words names_of(const std::map<std::string, Tensor>& tensors) {
  Words names;
  for (const auto& entry : tensors) names.push_back(entry.first + " " + to_string(entry.second.shape()));
  return names;
}

// What the user says, and else what the checkpoint's shapes tell.
std::map<std::string, std::string> options_of(const ImportOptions& o, const std::map<std::string, Tensor>& tensors) {
  std::map<std::string, std::string> options = o.set;
  const Network& network = find_network(o.network);
  if (!network.options_from) return options;
  std::map<std::string, Shape> shapes;
  for (const auto& [name, tensor] : tensors) shapes[name] = tensor.shape();
  options.merge(network.options_from(shapes));
  return options;
}

Model from_checkpoint(const ImportOptions& o) {
  if (o.network.empty()) {
    throw Error(ErrorKind::kUsage, "--network is missing: a checkpoint does not tell which network it is for");
  }
  Model model;
  model.network = o.network;
  const TorchCheckpoint checkpoint = read_torch_checkpoint(o.file);
  model.options = options_of(o, checkpoint.tensors);
  model.graph = build_network(o.network, model.options);
  Words unreadable, unused;
  for (const auto& [name, reason] : checkpoint.unreadable) unreadable.push_back(name + ": " + reason);
  report("classes and functions that the file names; none was run", checkpoint.placeholders);
  report("entries that are no tensors", unreadable);
  try {
    model.parameters = match_parameters(model.graph, checkpoint.tensors, &unused);
  } catch (const Error&) {
    report("tensors that the file holds", names_of(checkpoint.tensors));
    throw;
  }
  report("tensors that " + o.network + " does not use", unused);
  return model;
}

Model from_onnx(const ImportOptions& o) {
  if (!o.network.empty()) throw Error(ErrorKind::kUsage, "--network: an ONNX file brings its own network");
  ModelRequest request;
  request.model = o.file;
  return load_model(request);
}

Preprocessing preprocessing_for(const Graph& graph, const std::string& preset) {
  const Shape input = input_shapes(graph, 1).at(0);
  return input.size() == 4 ? preprocessing_preset(preset, input[2], input[3]) : preprocessing_preset(preset);
}

Words read_labels(const std::string& file, const Graph& graph) {
  Words labels;
  std::istringstream lines(read_file(file, 1 << 24));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(line);
  }
  const int64_t classes = graph.value(graph.outputs.at(0)).shape.at(1);
  if (static_cast<int64_t>(labels.size()) == classes) return labels;
  throw Error(file + ": expected " + std::to_string(classes) + " labels, one for each output of the network, got " +
              std::to_string(labels.size()));
}

void import_model(const ImportOptions& o) {
  const bool onnx = is_onnx(o.file);
  Model model = onnx ? from_onnx(o) : from_checkpoint(o);
  if (!onnx || !o.preset.empty()) {
    model.preprocessing = preprocessing_for(model.graph, o.preset.empty() ? "imagenet" : o.preset);
  }
  if (!o.labels.empty()) model.labels = read_labels(o.labels, model.graph);
  if (!o.licence.empty()) model.licence = o.licence;
  model.source = o.file;
  save_model(model, o.output);
  std::cerr << o.output << ": " << model.network << ", " << model.graph.parameter_count() << " parameters\n";
}

}  // namespace

extern const Command kImport = command<ImportOptions>(
    "import", "make a Lithe file of a PyTorch checkpoint or an ONNX file", import_model,
    {{"lithe import m0.pth --network micronet_m0 --labels imagenet.txt --output m0.safetensors",
      "weights by name; nothing of the file is executed"},
     {"lithe import model.onnx --preset inception --output model.safetensors", "an ONNX graph with its weights"}});

}  // namespace lithe::cli
