// A depthwise 3x3 convolution behind a 1x1 convolution, static or dynamic, or behind a network's first layer becomes
// one operator with it.

#include "halide_generators/conv2d/pattern.h"
#include "halide_generators/dynamic_pointwise/pixels.h"

namespace lithe {
namespace {

bool has_weights_and_bias(const Graph& graph, const Node& node) {
  return bias_of(node) != kNoValue && has_state(graph, node);
}

bool is_depthwise(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d" || !has_weights_and_bias(graph, node)) return false;
  const Shape& w = graph.value(node.inputs[1]).shape;
  return integer(node, "groups") == w[0] && w[1] == 1 && w[2] == 3 && w[3] == 3 && has_padding(node, 1) &&
         integer(node, "dilation_h") == 1 && integer(node, "dilation_w") == 1 &&
         integer(node, "stride_h") == integer(node, "stride_w") && integer(node, "stride_h") <= 2 &&
         graph.value(node.outputs[0]).shape[1] == w[0];
}

bool is_dense_pointwise(const Graph& graph, const Node& node) {
  return is_pointwise(graph, node) && integer(node, "groups") == 1 && has_weights_and_bias(graph, node);
}

/// Whether dynamic_pointwise makes the weights of the image first, as the fused operator always does.
bool has_many_pixels(const Graph& graph, const Node& node) {
  const Shape &x = graph.value(node.inputs[0]).shape, &q = graph.value(node.inputs[4]).shape;
  return !has_few_pixels(x[2] * x[3], x[1], graph.value(node.outputs[0]).shape[1], q[0]);
}

bool is_stem(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d" || !has_weights_and_bias(graph, node)) return false;
  const Shape& w = graph.value(node.inputs[1]).shape;
  return integer(node, "groups") == 1 && w[1] <= 4 && w[2] == 3 && w[3] == 3 && has_padding(node, 1) &&
         integer(node, "dilation_h") == 1 && integer(node, "dilation_w") == 1 && integer(node, "stride_h") == 2 &&
         integer(node, "stride_w") == 2;
}

bool fuse(Graph& graph, Parameters&, size_t index) {
  const Node layer = graph.nodes[index];
  if (!is_depthwise(graph, layer)) return false;
  const Node* before = only_producer(graph, layer.inputs[0]);
  if (before == nullptr) return false;
  const bool dynamic = before->op->name() == "dynamic_pointwise" && has_many_pixels(graph, *before);
  const bool stem = is_stem(graph, *before) && integer(layer, "stride_h") == 1;
  if (!dynamic && !stem && !is_dense_pointwise(graph, *before)) return false;
  Node& fused = graph.nodes[index];
  fused.op = &find_op(dynamic ? "dynamic_expand_depthwise" : stem ? "stem_depthwise" : "expand_depthwise");
  fused.inputs = before->inputs;
  fused.inputs.insert(fused.inputs.end(), {layer.inputs[1], layer.inputs[2]});
  Attributes attributes{{"inner_min", before->attributes.at("clamp_min")},
                        {"inner_max", before->attributes.at("clamp_max")},
                        {"clamp_min", layer.attributes.at("clamp_min")},
                        {"clamp_max", layer.attributes.at("clamp_max")}};
  if (!stem) attributes["stride"] = integer(layer, "stride_h");
  fused.attributes = fused.op->complete(attributes, layer.name);
  graph.nodes.erase(graph.nodes.begin() + (before - graph.nodes.data()));
  return true;
}

// After activations have become bounds.
[[maybe_unused]] const bool registered = register_rewrite({"fuse_expand_depthwise", 45, fuse});

}  // namespace
}  // namespace lithe
