// Two convolutions, KH x 1 and then 1 x KW depthwise, become one factorized_conv, and a channel_permute before it a
// matter of its index.

#include <numeric>

#include "halide_generators/channel_permute/sink.h"
#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

/// A convolution of fixed weights with equal paddings and without dilation.
bool is_plain(const Graph& graph, const Node& node) {
  return node.op->name() == "conv2d" && has_state(graph, node) && pads_evenly(node) &&
         integer(node, "dilation_h") == 1 && integer(node, "dilation_w") == 1;
}

bool is_column(const Graph& graph, const Node& node) {
  if (!is_plain(graph, node)) return false;
  const Shape& kernel = graph.value(node.inputs[1]).shape;
  return kernel.at(2) > 1 && kernel.at(3) == 1 && integer(node, "stride_w") == 1 && integer(node, "pad_w") == 0 &&
         is_unbounded(node);
}

bool is_row(const Graph& graph, const Node& node) {
  if (!is_plain(graph, node)) return false;
  const Shape& kernel = graph.value(node.inputs[1]).shape;
  return kernel.at(1) == 1 && kernel.at(2) == 1 && kernel.at(3) > 1 && integer(node, "stride_h") == 1 &&
         integer(node, "pad_h") == 0;
}

bool factorize(Graph& graph, Parameters&, size_t index) {
  Node& row = graph.nodes[index];
  if (!is_row(graph, row)) return false;
  const Node* column = only_producer(graph, row.inputs[0]);
  if (column == nullptr || !is_column(graph, *column)) return false;
  Channels channels(static_cast<size_t>(graph.value(column->inputs[0]).shape.at(1)));
  std::iota(channels.begin(), channels.end(), 0);
  const Attributes attributes{{"index", channels},
                              {"stride_h", column->attributes.at("stride_h")},
                              {"stride_w", row.attributes.at("stride_w")},
                              {"pad_h", column->attributes.at("pad_h")},
                              {"pad_w", row.attributes.at("pad_w")},
                              {"clamp_min", row.attributes.at("clamp_min")},
                              {"clamp_max", row.attributes.at("clamp_max")}};
  row.op = &find_op("factorized_conv");
  row.attributes = row.op->complete(attributes, row.name);
  row.inputs = {row.inputs[0], column->inputs[1], row.inputs[1], bias_of(*column), bias_of(row)};
  bypass(graph, static_cast<size_t>(column - graph.nodes.data()), column->inputs[0]);
  return true;
}

bool absorb(Graph& graph, Parameters&, size_t index) {
  Node& node = graph.nodes[index];
  return node.op->name() == "factorized_conv" && absorb_into_index(graph, index);
}

// Behind the folding of BatchNorm.
[[maybe_unused]] const bool factorizing = register_rewrite({"factorize", 11, factorize});
[[maybe_unused]] const bool absorbing = register_rewrite({"absorb_permute_into_factorized", 30, absorb});

}  // namespace
}  // namespace lithe
