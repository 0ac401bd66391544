// A ReLU, ReLU6 or clamp behind an operator that clamps its result, a convolution or linear layer, becomes the bounds.
// So does a hard sigmoid, clamp(scale / 6 x + scale / 2), whose slope and offset move into the layer's weights and
// bias.

#include <cmath>
#include <limits>

#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

struct Bounds {
  double least, most;
};

bool bounds_of(const Node& node, Bounds* bounds) {
  const std::string& op = node.op->name();
  if (op == "relu")
    *bounds = {0.0, std::numeric_limits<double>::infinity()};
  else if (op == "relu6")
    *bounds = {0.0, 6.0};
  else if (op == "clamp")
    *bounds = {std::get<double>(node.attributes.at("lo")), std::get<double>(node.attributes.at("hi"))};
  else
    return false;
  return true;
}

bool fuse(Graph& graph, Parameters&, size_t index) {
  Bounds bounds{};
  if (!bounds_of(graph.nodes[index], &bounds)) return false;
  Node* layer = only_producer(graph, graph.nodes[index].inputs[0]);
  if (layer == nullptr || layer->attributes.count("clamp_min") == 0) return false;
  Attribute &least = layer->attributes.at("clamp_min"), &most = layer->attributes.at("clamp_max");
  if (!std::isinf(std::get<double>(least)) || !std::isinf(std::get<double>(most))) return false;
  least = bounds.least, most = bounds.most;
  bypass(graph, index, layer->outputs[0]);
  return true;
}

/// The parameters of `layer` become those of slope * layer + offset.
void make_affine(Graph& graph, Parameters& parameters, Node& layer, double slope, double offset) {
  const ValueId w = layer.inputs[1];
  const auto replaced = [&](const Tensor& old, double added, const std::string& name) {
    Tensor result(old.shape());
    const Tensor values = old.contiguous();
    for (int64_t i = 0; i < result.size(); ++i) {
      result.data()[i] = static_cast<float>(slope * values.data()[i] + added);
    }
    return add_parameter(graph, parameters, name, result);
  };
  const std::string name = graph.value(w).name;
  const Tensor bias = bias_of(layer) != kNoValue ? parameters.at(graph.value(bias_of(layer)).name)
                                                 : Tensor::filled({graph.value(w).shape[0]}, 0.0f);
  layer.inputs.resize(3);
  layer.inputs[1] = replaced(parameters.at(name), 0.0, name + "*slope");
  layer.inputs[2] = replaced(bias, offset, name + ".bias*slope");
}

bool fold_hard_sigmoid(Graph& graph, Parameters& parameters, size_t index) {
  const Node sigmoid = graph.nodes[index];
  if (sigmoid.op->name() != "hard_sigmoid") return false;
  Node* layer = only_producer(graph, sigmoid.inputs[0]);
  if (layer == nullptr || (layer->op->name() != "conv2d" && layer->op->name() != "linear")) return false;
  if (!is_unbounded(*layer) || !has_state(graph, *layer)) return false;
  const double scale = std::get<double>(sigmoid.attributes.at("scale"));
  if (scale < 0) return false;
  make_affine(graph, parameters, *layer, scale / 6, scale / 2);
  layer->attributes.at("clamp_min") = 0.0, layer->attributes.at("clamp_max") = scale;
  bypass(graph, index, sigmoid.inputs[0]);
  return true;
}

[[maybe_unused]] const bool registered =
    register_rewrite({"fuse_clamp", 20, fuse}) && register_rewrite({"fold_hard_sigmoid", 20, fold_hard_sigmoid});

}  // namespace
}  // namespace lithe
