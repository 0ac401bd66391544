// A ReLU, ReLU6 or clamp behind an operator that clamps its result, a convolution or linear layer, becomes the bounds.

#include <cmath>
#include <limits>

#include "pipelines/graph/rewrite.h"

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

[[maybe_unused]] const bool registered = register_rewrite({"fuse_clamp", 20, fuse});

}  // namespace
}  // namespace lithe
