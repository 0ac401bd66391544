// add(p, channel_scale(x, s)) becomes scale_add(x, s, p): one pass instead of two, and an activation behind it becomes
// its bounds.

#include "pipelines/graph/rewrite.h"

namespace lithe {
namespace {

bool fuse(Graph& graph, Parameters&, size_t index) {
  Node& add = graph.nodes[index];
  if (add.op->name() != "add") return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const Node* scale = only_producer(graph, add.inputs[side]);
    if (scale == nullptr || scale->op->name() != "channel_scale") continue;
    add.inputs = {scale->inputs[0], scale->inputs[1], add.inputs[1 - side]};
    add.op = &find_op("scale_add");
    add.attributes = add.op->complete({}, add.name);
    graph.nodes.erase(graph.nodes.begin() + (scale - graph.nodes.data()));
    return true;
  }
  return false;
}

// After BatchNorm has moved through the sum, before activations become bounds.
[[maybe_unused]] const bool registered = register_rewrite({"fuse_scale_add", 18, fuse});

}  // namespace
}  // namespace lithe
