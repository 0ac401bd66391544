// scale_add(conv2d(x), s, conv2d(phi_product(conv2d(x), phi))) with 1x1 kernels becomes dynamic_pointwise(x): the
// static and the latent path of Dynamic Convolution Decomposition in one kernel.

#include <algorithm>

#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

/// The 1x1 convolution of stride 1, without bounds, that makes `value` for one reader; else nullptr.
const Node* pointwise_before(Graph& graph, ValueId value) {
  const Node* conv = only_producer(graph, value);
  const bool fits = conv != nullptr && is_pointwise(graph, *conv) && integer(*conv, "groups") == 1 &&
                    is_unbounded(*conv) && has_state(graph, *conv);
  return fits ? conv : nullptr;
}

bool fuse(Graph& graph, Parameters&, size_t index) {
  const Node sum = graph.nodes[index];
  if (sum.op->name() != "scale_add") return false;
  const Node *fixed = pointwise_before(graph, sum.inputs[0]), *p = pointwise_before(graph, sum.inputs[2]);
  if (fixed == nullptr || p == nullptr) return false;
  const Node* product = only_producer(graph, p->inputs[0]);
  if (product == nullptr || product->op->name() != "phi_product") return false;
  const Node* q = pointwise_before(graph, product->inputs[0]);
  if (q == nullptr || q->inputs[0] != fixed->inputs[0]) return false;

  Node& fused = graph.nodes[index];
  fused.op = &find_op("dynamic_pointwise");
  fused.inputs = {fixed->inputs[0], fixed->inputs[1],   bias_of(*fixed), sum.inputs[1], q->inputs[1],
                  bias_of(*q),      product->inputs[1], p->inputs[1],    bias_of(*p)};
  fused.attributes = fused.op->complete(sum.attributes, sum.name);
  std::vector<ValueId> gone;
  for (const Node* node : {fixed, q, product, p}) gone.push_back(node->outputs[0]);
  const auto is_gone = [&](const Node& node) { return std::count(gone.begin(), gone.end(), node.outputs[0]) > 0; };
  graph.nodes.erase(std::remove_if(graph.nodes.begin(), graph.nodes.end(), is_gone), graph.nodes.end());
  return true;
}

// After activations have become bounds.
[[maybe_unused]] const bool registered = register_rewrite({"fuse_dynamic_pointwise", 40, fuse});

}  // namespace
}  // namespace lithe
