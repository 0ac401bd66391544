// scale_add(conv2d(x), s, conv2d(phi_product(conv2d(x), phi))) with 1x1 kernels becomes dynamic_pointwise(x): the
// static and the latent path of Dynamic Convolution Decomposition in one kernel.

#include <algorithm>
#include <cmath>

#include "pipelines/graph/rewrite.h"

namespace lithe {
namespace {

/// The 1x1 convolution of stride 1, without bounds, that makes `value` for one reader; else nullptr.
const Node* pointwise_before(Graph& graph, ValueId value) {
  const Node* conv = only_producer(graph, value);
  if (conv == nullptr || conv->op->name() != "conv2d") return nullptr;
  const auto integer = [&](const char* name) { return std::get<int64_t>(conv->attributes.at(name)); };
  const Shape& kernel = graph.value(conv->inputs[1]).shape;
  for (const char* pad : {"pad_h", "pad_w", "pad_bottom", "pad_right"}) {
    if (integer(pad) > 0) return nullptr;
  }
  for (const char* bound : {"clamp_min", "clamp_max"}) {
    if (!std::isinf(std::get<double>(conv->attributes.at(bound)))) return nullptr;
  }
  for (size_t i = 1; i < conv->inputs.size(); ++i) {
    if (conv->inputs[i] != kNoValue && !graph.value(conv->inputs[i]).is_state()) return nullptr;
  }
  const bool plain = integer("stride_h") == 1 && integer("stride_w") == 1 && integer("groups") == 1;
  return plain && kernel[2] == 1 && kernel[3] == 1 ? conv : nullptr;
}

ValueId bias(const Node& conv) { return conv.inputs.size() > 2 ? conv.inputs[2] : kNoValue; }

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
  fused.inputs = {fixed->inputs[0], fixed->inputs[1],   bias(*fixed), sum.inputs[1], q->inputs[1],
                  bias(*q),         product->inputs[1], p->inputs[1], bias(*p)};
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
