// conv2d(channel_permute(x)) with a 1x1 kernel becomes permuted_pointwise(x): its inner loop looks the channel up once
// for a whole tile of outputs and pixels.

#include "halide_generators/channel_permute/sink.h"

namespace lithe {
namespace {

bool is_pointwise(const Graph& graph, const Node& node) {
  const Shape& kernel = graph.value(node.inputs[1]).shape;
  const auto integer = [&](const char* name) { return std::get<int64_t>(node.attributes.at(name)); };
  for (const char* pad : {"pad_h", "pad_w", "pad_bottom", "pad_right"}) {
    if (integer(pad) > 0) return false;
  }
  return kernel.at(2) == 1 && kernel.at(3) == 1 && integer("stride_h") == 1 && integer("stride_w") == 1;
}

bool absorb(Graph& graph, Parameters&, size_t index) {
  Node& conv = graph.nodes[index];
  if (conv.op->name() != "conv2d" || !is_pointwise(graph, conv)) return false;
  const Node* permute = permute_before(graph, conv);
  if (permute == nullptr) return false;
  Attributes attributes{{"index", permute_index(*permute)}};
  for (const char* name : {"groups", "clamp_min", "clamp_max"}) attributes[name] = conv.attributes.at(name);
  conv.op = &find_op("permuted_pointwise");
  conv.attributes = conv.op->complete(attributes, conv.name);
  bypass(graph, static_cast<size_t>(permute - graph.nodes.data()), permute->inputs[0]);
  return true;
}

// After conv2d has taken over BatchNorm and activation.
[[maybe_unused]] const bool registered = register_rewrite({"absorb_channel_permute", 30, absorb});

}  // namespace
}  // namespace lithe
