// A depthwise convolution with several outputs per channel becomes blocked_depthwise and a channel_permute that puts
// the outputs back in order. A permutation in front of it is absorbed; the usual pair, k x 1 and then 1 x k, so needs
// one permutation behind, which other rewrites move on: behind Shift-Max or into the next pointwise convolution.

#include <numeric>

#include "halide_generators/channel_permute/sink.h"
#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

/// Blocks of fewer channels fill too little of a vector: panels of a grouped convolution are faster then (4 channels at
/// 112 x 224: 74 against 139 us, 12 channels at 112 x 112: 122 against 93 us).
bool is_worth_it(int64_t block) { return block >= 8 && block % 4 == 0; }

struct Geometry {
  int64_t channels, outputs;
};

bool is_expanding_depthwise(const Graph& graph, const Node& node, Geometry* geometry) {
  if (node.op->name() != "conv2d") return false;
  *geometry = {graph.value(node.inputs[0]).shape.at(1), graph.value(node.outputs[0]).shape.at(1)};
  return has_state(graph, node) && integer(node, "groups") == geometry->channels &&
         geometry->outputs > geometry->channels && pads_evenly(node) && integer(node, "dilation_h") == 1 &&
         integer(node, "dilation_w") == 1;
}

/// `to[o]` is where row o goes.
Tensor scattered_rows(const Tensor& t, const Channels& to) {
  Tensor result(t.shape());
  const int64_t row = t.size() / t.dim(0);
  for (size_t o = 0; o < to.size(); ++o) {
    std::copy_n(t.data() + static_cast<int64_t>(o) * row, row, result.data() + to[o] * row);
  }
  return result;
}

bool block(Graph& graph, Parameters& parameters, size_t index) {
  Geometry geometry{};
  if (!is_expanding_depthwise(graph, graph.nodes[index], &geometry)) return false;
  Node conv = graph.nodes[index];
  const int64_t channels = geometry.channels, multiplier = geometry.outputs / channels;
  Channels source(static_cast<size_t>(channels));
  std::iota(source.begin(), source.end(), 0);
  int64_t size = channels;
  const Node* permute = permute_before(graph, conv);
  if (permute != nullptr && !inverse(permute_index(*permute)).empty()) {
    source = permute_index(*permute);
    const Node* before = only_producer(graph, permute->inputs[0]);
    if (before != nullptr && before->op->name() == "blocked_depthwise") {
      size = integer(*before, "block");
    }
  } else {
    permute = nullptr;
  }

  if (!is_worth_it(size)) return false;

  Channels place;  // of every output of the convolution
  for (const int64_t c : source) {
    for (int64_t b = 0; b < multiplier; ++b) place.push_back((c / size * multiplier + b) * size + c % size);
  }
  for (size_t i = 1; i < conv.inputs.size(); ++i) {
    if (conv.inputs[i] == kNoValue) continue;
    const std::string name = graph.value(conv.inputs[i]).name;
    conv.inputs[i] =
        add_parameter(graph, parameters, name + "*blocked", scattered_rows(parameters.at(name).contiguous(), place));
  }
  Attributes attributes{{"block", size}};
  for (const char* name : {"stride_h", "stride_w", "pad_h", "pad_w", "clamp_min", "clamp_max"}) {
    attributes[name] = conv.attributes.at(name);
  }
  conv.op = &find_op("blocked_depthwise");
  conv.attributes = conv.op->complete(attributes, conv.name);

  Node restore;
  restore.op = &find_op("channel_permute");
  restore.name = conv.name + ".order";
  restore.attributes = restore.op->complete({{"index", place}}, restore.name);
  restore.outputs = conv.outputs;
  Value blocked = graph.value(conv.outputs[0]);
  blocked.name += ".blocked";
  graph.values.push_back(blocked);
  conv.outputs = {static_cast<ValueId>(graph.values.size() - 1)};
  restore.inputs = conv.outputs;
  graph.nodes[index] = conv;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index) + 1, restore);
  if (permute != nullptr) {
    permute = permute_before(graph, graph.nodes[index]);
    bypass(graph, static_cast<size_t>(permute - graph.nodes.data()), permute->inputs[0]);
  }
  return true;
}

// Behind the folding of BatchNorm and factorised pairs, before permutations move.
[[maybe_unused]] const bool registered = register_rewrite({"block_depthwise", 12, block});

}  // namespace
}  // namespace lithe
