// conv2d(channel_permute(x)) with a 1x1 kernel becomes permuted_pointwise(x): its inner loop looks the channel up once
// for a whole tile of outputs and pixels. So does a 1x1 convolution with groups.

#include <numeric>

#include "halide_generators/channel_permute/sink.h"
#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

/// A pointwise convolution as permuted_pointwise that permutes nothing.
void convert(const Graph& graph, Node& conv) {
  Channels channels(static_cast<size_t>(graph.value(conv.inputs[0]).shape.at(1)));
  std::iota(channels.begin(), channels.end(), 0);
  Attributes attributes{{"index", channels}};
  for (const char* name : {"groups", "clamp_min", "clamp_max"}) attributes[name] = conv.attributes.at(name);
  conv.op = &find_op("permuted_pointwise");
  conv.attributes = conv.op->complete(attributes, conv.name);
}

/// With groups it has a planar kernel, which does not multiply with the zeros between groups.
bool convert_grouped(Graph& graph, Parameters&, size_t index) {
  Node& conv = graph.nodes[index];
  if (!is_pointwise(graph, conv)) return false;
  const int64_t groups = integer(conv, "groups");
  if (groups == 1 || groups == graph.value(conv.inputs[0]).shape.at(1)) return false;
  convert(graph, conv);
  return true;
}

bool absorb(Graph& graph, Parameters&, size_t index) {
  Node& conv = graph.nodes[index];
  if (conv.op->name() == "permuted_pointwise") return absorb_into_index(graph, index);
  if (!is_pointwise(graph, conv) || permute_before(graph, conv) == nullptr) return false;
  convert(graph, conv);
  return absorb_into_index(graph, index);
}

// Behind the folding of BatchNorm, before permutations rise.
[[maybe_unused]] const bool converting = register_rewrite({"convert_grouped_pointwise", 12, convert_grouped});
// Behind the fusion of activations.
[[maybe_unused]] const bool absorbing = register_rewrite({"absorb_channel_permute", 30, absorb});

}  // namespace
}  // namespace lithe
