// A permutation costs a pass over the image and computes nothing. It rises into the convolution before it where that
// costs nothing, or sinks behind operators that treat channels alike, by permuting their weights back, until it meets
// another permutation and merges with it.

#include "halide_generators/channel_permute/sink.h"
#include "halide_generators/conv2d/panels.h"
#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

Tensor state(const Graph& graph, const Parameters& parameters, ValueId id) {
  return parameters.at(graph.value(id).name).contiguous();
}

/// Rows of `t`: row index[c] of the result is row c.
Tensor scattered_rows(const Tensor& t, const Channels& index) {
  Tensor result(t.shape());
  const int64_t row = t.size() / t.dim(0);
  for (size_t c = 0; c < index.size(); ++c) {
    std::copy_n(t.data() + static_cast<int64_t>(c) * row, row, result.data() + index[c] * row);
  }
  return result;
}

bool is_depthwise(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d" || !has_state(graph, node)) return false;
  const int64_t groups = std::get<int64_t>(node.attributes.at("groups"));
  return groups == graph.value(node.inputs[0]).shape.at(1) && groups == graph.value(node.outputs[0]).shape.at(1);
}

bool is_elementwise(const Node& node) { return node.op->inputs().size() == 1 && node.op->inputs()[0].dims == "..."; }

/// Outputs index[c] of a convolution of `groups`, as rows c of one without groups: O C KH KW, zero between groups.
Tensor dense_rows(const Tensor& w, int64_t groups, const Channels& index) {
  const int64_t outputs = w.dim(0), inputs = w.dim(1), taps = w.dim(2) * w.dim(3);
  Tensor dense = Tensor::filled({outputs, groups * inputs, w.dim(2), w.dim(3)}, 0.0f);
  for (int64_t o = 0; o < outputs; ++o) {
    const int64_t from = index[static_cast<size_t>(o)], first = from / (outputs / groups) * inputs;
    std::copy_n(w.data() + from * inputs * taps, inputs * taps, dense.data() + (o * groups * inputs + first) * taps);
  }
  return dense;
}

/// permute(conv(x)): the convolution computes its outputs in another order. With groups its panels must read all
/// channels anyway, or that would cost more.
bool rise(Graph& graph, Parameters& parameters, size_t index) {
  const Node& permute = graph.nodes[index];
  if (permute.op->name() != "channel_permute") return false;
  Node* conv = only_producer(graph, permute.inputs[0]);
  if (conv == nullptr || conv->op->name() != "conv2d" || !graph.value(conv->inputs[1]).is_state()) return false;
  const bool biased = conv->inputs.size() > 2 && conv->inputs[2] != kNoValue;
  if (biased && !graph.value(conv->inputs[2]).is_state()) return false;
  const int64_t groups = std::get<int64_t>(conv->attributes.at("groups"));
  const Tensor w = state(graph, parameters, conv->inputs[1]);
  const int64_t channels = groups * w.dim(1);
  if (is_depthwise(graph, *conv) || panels::depth(channels, w.dim(0), groups) < channels) return false;

  const Channels& order = permute_index(permute);
  const std::string name = graph.value(conv->inputs[1]).name + "*" + permute.name;
  if (biased) {
    const Tensor bias = state(graph, parameters, conv->inputs[2]);
    Tensor reordered(bias.shape());
    for (size_t c = 0; c < order.size(); ++c) reordered.data()[c] = bias.data()[order[c]];
    conv->inputs[2] = add_parameter(graph, parameters, name + ".bias", reordered);
  }
  conv->inputs[1] = add_parameter(graph, parameters, name, dense_rows(w, groups, order));
  conv->attributes["groups"] = int64_t{1};
  bypass(graph, index, permute.inputs[0]);
  return true;
}

bool sink_behind(Graph& graph, Parameters& parameters, size_t index) {
  Node& node = graph.nodes[index];
  if (node.inputs.empty() || node.inputs[0] == kNoValue) return false;
  const bool depthwise = is_depthwise(graph, node);
  if (!depthwise && !is_elementwise(node)) return false;
  const Node* permute = permute_before(graph, node);
  if (permute == nullptr || inverse(permute_index(*permute)).empty()) return false;
  for (size_t i = 1; depthwise && i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    const Tensor rows = scattered_rows(state(graph, parameters, node.inputs[i]), permute_index(*permute));
    node.inputs[i] = add_parameter(graph, parameters, graph.value(node.inputs[i]).name + "*" + permute->name, rows);
  }
  sink(graph, index);
  return true;
}

/// linear(pool(permute(x))): the permutation moves into the columns of the linear layer, whoever else reads it.
bool absorb_behind_pool(Graph& graph, Parameters& parameters, size_t index) {
  Node& linear = graph.nodes[index];
  if (linear.op->name() != "linear" || !graph.value(linear.inputs[1]).is_state()) return false;
  Node* pool = only_producer(graph, linear.inputs[0]);
  if (pool == nullptr || pool->op->name() != "global_avg_pool") return false;
  const ValueId permuted = pool->inputs[0];
  const auto permute =
      std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& n) { return n.outputs[0] == permuted; });
  if (permute == graph.nodes.end() || permute->op->name() != "channel_permute") return false;
  const Channels& channels = permute_index(*permute);
  if (inverse(channels).empty()) return false;

  const Tensor w = state(graph, parameters, linear.inputs[1]);
  Tensor columns(w.shape());
  for (int64_t o = 0; o < w.dim(0); ++o) {
    for (int64_t c = 0; c < w.dim(1); ++c) columns.at(o, channels[static_cast<size_t>(c)]) = w.at(o, c);
  }
  linear.inputs[1] =
      add_parameter(graph, parameters, graph.value(linear.inputs[1]).name + "*" + permute->name, columns);
  const bool unused = only_producer(graph, permuted) != nullptr;  // by others
  pool->inputs[0] = permute->inputs[0];
  if (unused) graph.nodes.erase(permute);
  return true;
}

bool merge(Graph& graph, Parameters&, size_t index) {
  Node& node = graph.nodes[index];
  if (node.op->name() != "channel_permute") return false;
  Channels channels = permute_index(node);
  if (Node* before = permute_before(graph, node)) {
    for (int64_t& c : channels) c = permute_index(*before)[static_cast<size_t>(c)];
    node.attributes["index"] = channels;
    bypass(graph, static_cast<size_t>(before - graph.nodes.data()), before->inputs[0]);
    return true;
  }
  if (!std::is_sorted(channels.begin(), channels.end()) || inverse(channels).empty()) return false;
  bypass(graph, index, node.inputs[0]);  // it permutes nothing
  return true;
}

bool sink_or_absorb(Graph& graph, Parameters& parameters, size_t index) {
  return merge(graph, parameters, index) || sink_behind(graph, parameters, index) ||
         absorb_behind_pool(graph, parameters, index);
}

[[maybe_unused]] const bool rising = register_rewrite({"raise_channel_permute", 13, rise});
[[maybe_unused]] const bool sinking = register_rewrite({"sink_channel_permute", 14, sink_or_absorb});
[[maybe_unused]] const bool merging = register_rewrite({"merge_channel_permutes", 16, merge});

}  // namespace
}  // namespace lithe
