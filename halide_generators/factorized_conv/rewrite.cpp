// Two convolutions, KH x 1 and then 1 x KW depthwise, become one factorized_conv, and a channel_permute before it a
// matter of its index.

#include <cmath>
#include <numeric>

#include "halide_generators/channel_permute/sink.h"

namespace lithe {
namespace {

int64_t integer(const Node& node, const char* name) { return std::get<int64_t>(node.attributes.at(name)); }
double number(const Node& node, const char* name) { return std::get<double>(node.attributes.at(name)); }

/// A convolution of fixed weights with equal paddings and without dilation.
bool is_plain(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d") return false;
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoValue && !graph.value(node.inputs[i]).is_state()) return false;
  }
  const auto as = [&](const char* after, const char* before) {
    return integer(node, after) < 0 || integer(node, after) == integer(node, before);
  };
  return as("pad_bottom", "pad_h") && as("pad_right", "pad_w") && integer(node, "dilation_h") == 1 &&
         integer(node, "dilation_w") == 1;
}

bool is_column(const Graph& graph, const Node& node) {
  if (!is_plain(graph, node)) return false;
  const Shape& kernel = graph.value(node.inputs[1]).shape;
  return kernel.at(2) > 1 && kernel.at(3) == 1 && integer(node, "stride_w") == 1 && integer(node, "pad_w") == 0 &&
         std::isinf(number(node, "clamp_min")) && std::isinf(number(node, "clamp_max"));
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
  const auto bias = [](const Node& conv) { return conv.inputs.size() > 2 ? conv.inputs[2] : kNoValue; };
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
  row.inputs = {row.inputs[0], column->inputs[1], row.inputs[1], bias(*column), bias(row)};
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
