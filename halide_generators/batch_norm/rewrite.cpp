// w' = s w, b' = s (b - mean) + beta with s = gamma / sqrt(var + eps): a BatchNorm behind a convolution or linear layer
// disappears into it. The other direction, a BatchNorm before one, would be wrong at zero-padded borders.

#include "pipelines/graph/rewrite.h"

#include <cmath>

namespace lithe {
namespace {

bool fold(Graph& graph, Parameters& parameters, size_t index) {
  const Node norm = graph.nodes[index];
  if (norm.op->name() != "batch_norm") return false;
  Node* layer = only_producer(graph, norm.inputs[0]);
  if (layer == nullptr || (layer->op->name() != "conv2d" && layer->op->name() != "linear")) return false;
  const auto unbounded = [&](const char* name) { return std::isinf(std::get<double>(layer->attributes.at(name))); };
  if (!unbounded("clamp_min") || !unbounded("clamp_max")) return false;  // something nonlinear stands between
  const auto state = [&](ValueId id) { return parameters.at(graph.value(id).name).contiguous(); };
  if (!graph.value(layer->inputs[1]).is_state()) return false;

  const Tensor weight = state(layer->inputs[1]), gamma = state(norm.inputs[1]), beta = state(norm.inputs[2]),
               mean = state(norm.inputs[3]), variance = state(norm.inputs[4]);
  const bool biased = layer->inputs.size() > 2 && layer->inputs[2] != kNoValue;
  const Tensor bias = biased ? state(layer->inputs[2]) : Tensor::filled({weight.dim(0)}, 0.0f);
  const double eps = std::get<double>(norm.attributes.at("eps"));

  Tensor folded = weight.clone(), shifted({weight.dim(0)});
  const int64_t inner = weight.size() / weight.dim(0);
  for (int64_t o = 0; o < weight.dim(0); ++o) {
    const double scale = gamma.at(o) / std::sqrt(variance.at(o) + eps);
    for (int64_t i = 0; i < inner; ++i) {
      folded.data()[o * inner + i] = static_cast<float>(scale * weight.data()[o * inner + i]);
    }
    shifted.at(o) = static_cast<float>(scale * (double{bias.at(o)} - mean.at(o)) + beta.at(o));
  }
  const std::string name = graph.value(layer->inputs[1]).name + "*" + norm.name;
  layer->inputs = {layer->inputs[0], add_parameter(graph, parameters, name, folded),
                   add_parameter(graph, parameters, name + ".bias", shifted)};
  bypass(graph, index, layer->outputs[0]);
  return true;
}

[[maybe_unused]] const bool registered = register_rewrite({"fold_batch_norm", 10, fold});

}  // namespace
}  // namespace lithe
