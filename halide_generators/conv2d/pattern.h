#pragma once
// What rewrites ask about a convolution, or another layer, before they change it.

#include <cmath>

#include "pipelines/graph/rewrite.h"

namespace lithe {

inline int64_t integer(const Node& node, const char* name) { return std::get<int64_t>(node.attributes.at(name)); }

/// Whether its inputs from `first` on are parameters or statistics, as far as they are there.
inline bool has_state(const Graph& graph, const Node& node, size_t first = 1) {
  for (size_t i = first; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoValue && !graph.value(node.inputs[i]).is_state()) return false;
  }
  return true;
}

/// Its bias; kNoValue if there is none.
inline ValueId bias_of(const Node& layer) { return layer.inputs.size() > 2 ? layer.inputs[2] : kNoValue; }

/// Whether its result is not clamped.
inline bool is_unbounded(const Node& layer) {
  return std::isinf(std::get<double>(layer.attributes.at("clamp_min"))) &&
         std::isinf(std::get<double>(layer.attributes.at("clamp_max")));
}

/// Whether opposite sides of the image are padded alike.
inline bool pads_evenly(const Node& conv) {
  const auto as = [&](const char* after, const char* before) {
    return integer(conv, after) < 0 || integer(conv, after) == integer(conv, before);
  };
  return as("pad_bottom", "pad_h") && as("pad_right", "pad_w");
}

/// Whether all four sides are padded by `pad`.
inline bool has_padding(const Node& conv, int64_t pad) {
  return pads_evenly(conv) && integer(conv, "pad_h") == pad && integer(conv, "pad_w") == pad;
}

/// Whether it is a 1x1 convolution without stride and padding; in groups or not.
inline bool is_pointwise(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d") return false;
  const Shape& kernel = graph.value(node.inputs[1]).shape;
  return kernel.at(2) == 1 && kernel.at(3) == 1 && has_padding(node, 0) && integer(node, "stride_h") == 1 &&
         integer(node, "stride_w") == 1;
}

}  // namespace lithe
