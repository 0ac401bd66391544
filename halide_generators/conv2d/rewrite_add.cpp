// add(conv2d(x), r) becomes conv2d_add(x, r): the sum costs no pass of its own, and an activation behind it becomes its
// bounds.

#include "halide_generators/conv2d/panels.h"
#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

bool takes_sum(const Graph& graph, const Node* node) {
  if (node == nullptr || node->op->name() != "conv2d" || !is_unbounded(*node)) return false;
  const Shape& weights = graph.value(node->inputs[1]).shape;
  // A strided pointwise convolution has a kernel that reads its pixels in place; with a sum it would copy the image.
  const bool strided_pointwise =
      weights[2] == 1 && weights[3] == 1 && (integer(*node, "stride_h") > 1 || integer(*node, "stride_w") > 1);
  return integer(*node, "groups") == 1 && weights[0] > panels::kWidth && !strided_pointwise;
}

bool fuse(Graph& graph, Parameters&, size_t index) {
  Node& add = graph.nodes[index];
  if (add.op->name() != "add") return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const Node* conv = only_producer(graph, add.inputs[side]);
    if (!takes_sum(graph, conv)) continue;
    add.inputs = {conv->inputs[0], conv->inputs[1], bias_of(*conv), add.inputs[1 - side]};
    add.attributes = conv->attributes;
    add.op = &find_op("conv2d_add");
    graph.nodes.erase(graph.nodes.begin() + (conv - graph.nodes.data()));
    return true;
  }
  return false;
}

// After BatchNorm has moved through the sum and DCD's sums have become scale_add, before activations become bounds.
[[maybe_unused]] const bool registered = register_rewrite({"fuse_conv2d_add", 19, fuse});

}  // namespace
}  // namespace lithe
