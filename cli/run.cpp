#include <algorithm>

#include "cli/command.h"
#include "cli/device_option.h"
#include "pipelines/core/float32.h"
#include "pipelines/core/names.h"
#include "pipelines/core/threads.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/graph/session.h"
#include "pipelines/graph/weights_precision.h"
#include "pipelines/model/model.h"

namespace lithe::cli {
namespace {

struct RunOptions {
  ModelRequest request;
  std::string input, output, device = "cpu", weights_precision = "f32";
  Words values;
  int threads = 0;
  template <class Field>
  void visit(Field&& f) {
    f.required("model", request.model, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("weights", request.weights, "weights file; without one a network gets seeded weights", "FILE");
    f("set", request.options, "option of the network");
    f("seed", request.seed, "of the seeded weights");
    f.required("input", input, "tensors to run on: `input`, N x C x H x W", "FILE");
    f.required("output", output, "safetensors file to write: `output` and the values asked for", "FILE");
    f("value", values, "also write this intermediate value; runs the graph as written", "NAME");
    f("device", device, kDeviceHelp, kDeviceChoices);
    f("weights-precision", weights_precision, kWeightsPrecisionHelp, kWeightsPrecisionChoices);
    f("threads", threads, "threads; 0: one per core");
  }
};

using Tensors = std::map<std::string, Tensor>;

// A graph with one input takes `input` whatever its own name is.
std::vector<Tensor> graph_inputs(const Graph& graph, const Tensors& given, const std::string& file) {
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const std::string name = graph.inputs.size() == 1 ? "input" : graph.value(id).name;
    const auto it = given.find(name);
    if (it == given.end()) throw Error(file + ": expected a tensor \"" + name + "\", found none of that name");
    inputs.push_back(to_float32(it->second));
  }
  return inputs;
}

// The first output is `output`; a network with several (the heads of DRT) writes the others under their own names.
std::string output_name(const Graph& graph, size_t i) { return i == 0 ? "output" : graph.value(graph.outputs[i]).name; }

Tensors with_values(const RunOptions& o, const Graph& graph, const Parameters& parameters,
                    const std::vector<Tensor>& inputs) {
  std::map<std::string, ValueId> wanted;
  for (const std::string& name : o.values) {
    wanted[name] = graph.find(name);
    if (wanted[name] != kNoValue) continue;
    Words known;
    for (const Value& value : graph.values) known.push_back(value.name);
    throw Error(ErrorKind::kUsage, "--value: no value \"" + name + "\" in " + graph.name + did_you_mean(name, known) +
                                       "; `lithe inspect` shows the names");
  }
  const Pass pass = forward(graph, parameters, inputs);
  Tensors result;
  for (const auto& [name, id] : wanted) result[name] = pass.value(id).contiguous();
  for (size_t i = 0; i < graph.outputs.size(); ++i) result[output_name(graph, i)] = pass.output(i);
  return result;
}

void run(const RunOptions& o) {
  at_least(0, "--threads", o.threads);
  if (!o.values.empty() && o.device != "cpu") {
    throw Error(ErrorKind::kUsage, "--value: shows what the processor computes; leave out --device");
  }
  if (!o.values.empty() && o.weights_precision != "f32") {
    throw Error(ErrorKind::kUsage, "--value: runs the graph as written, on float32; leave out --weights-precision");
  }
  set_threads(o.threads);
  const SafetensorsFile file = read_safetensors(o.input);
  const Model model = load_model(o.request);
  const std::vector<Tensor> inputs = graph_inputs(model.graph, file.tensors, o.input);
  Tensors result;
  if (o.values.empty()) {
    const SessionOptions options{true, device_of(o.device), weights_precision(o.weights_precision)};
    const std::vector<Tensor> outputs = Session(model.graph, model.parameters, options).run(inputs);
    for (size_t i = 0; i < outputs.size(); ++i) result[output_name(model.graph, i)] = outputs[i];
  } else {
    result = with_values(o, model.graph, model.parameters, inputs);
  }
  write_safetensors(o.output, result, {{"network", model.network}, {"model_hash", model.hash}});
}

}  // namespace

extern const Command kRun = command<RunOptions>(
    "run", "run a network on raw tensors, for comparing with other programs", run,
    {{"lithe run --model micronet_m0 --weights m0.safetensors --input in.safetensors --output out.safetensors",
      "tensor `input` in, tensor `output` out"},
     {"lithe run --model resnet18 --input in.safetensors --output out.safetensors --value layer1.0.conv1",
      "with an intermediate value"}});

}  // namespace lithe::cli
