// Dynamic Shift-Max of shuffled channels: where the shift, seen from the channels before the shuffle, is a shift of
// other groups, the shuffle moves behind it, and the layer that predicts the coefficients changes its rows. After a
// shuffle of G groups, shifting over C/G groups is shifting over G groups before it, which is how MicroNet is built.

#include "halide_generators/channel_permute/sink.h"

namespace lithe {
namespace {

int64_t shifted(int64_t c, int64_t channels, int64_t groups) {
  const int64_t size = channels / groups;
  return (c / size + 1) % groups * size + (c % size + 1) % size;
}

/// The groups whose shift is index . shift(groups) . index^-1; 0 if there are none.
int64_t groups_before(const Channels& index, int64_t groups) {
  const auto channels = static_cast<int64_t>(index.size());
  for (int64_t g = 1; g <= channels; ++g) {
    bool equal = channels % g == 0;
    for (int64_t c = 0; equal && c < channels; ++c) {
      const int64_t partner = index[static_cast<size_t>(shifted(c, channels, groups))];
      equal = shifted(index[static_cast<size_t>(c)], channels, g) == partner;
    }
    if (equal) return g;
  }
  return 0;
}

/// Row set * C + index[c] of the result is row set * C + c.
Tensor scattered_sets(const Tensor& t, const Channels& index) {
  Tensor result(t.shape());
  const int64_t row = t.size() / t.dim(0);
  const auto channels = static_cast<int64_t>(index.size());
  for (int64_t r = 0; r < t.dim(0); ++r) {
    const int64_t to = r / channels * channels + index[static_cast<size_t>(r % channels)];
    std::copy_n(t.data() + r * row, row, result.data() + to * row);
  }
  return result;
}

bool sink_behind(Graph& graph, Parameters& parameters, size_t index) {
  Node& shift_max = graph.nodes[index];
  if (shift_max.op->name() != "dynamic_shift_max") return false;
  const Node* permute = permute_before(graph, shift_max);
  Node* coefficients = only_producer(graph, shift_max.inputs[1]);
  if (permute == nullptr || coefficients == nullptr || coefficients->op->name() != "shift_max_coefficients")
    return false;
  Node* linear = only_producer(graph, coefficients->inputs[0]);
  if (linear == nullptr || linear->op->name() != "linear") return false;
  const Channels& channels = permute_index(*permute);
  if (inverse(channels).empty()) return false;
  const int64_t groups = groups_before(channels, std::get<int64_t>(shift_max.attributes.at("groups")));
  for (size_t i = 1; i < linear->inputs.size(); ++i) {
    if (linear->inputs[i] != kNoValue && !graph.value(linear->inputs[i]).is_state()) return false;
  }
  if (groups == 0) return false;

  for (size_t i = 1; i < linear->inputs.size(); ++i) {
    if (linear->inputs[i] == kNoValue) continue;
    const std::string& name = graph.value(linear->inputs[i]).name;
    const Tensor rows = scattered_sets(parameters.at(name).contiguous(), channels);
    linear->inputs[i] = add_parameter(graph, parameters, name + "*" + permute->name, rows);
  }
  shift_max.attributes["groups"] = groups;
  sink(graph, index);
  return true;
}

[[maybe_unused]] const bool registered = register_rewrite({"sink_permute_below_shift_max", 15, sink_behind});

}  // namespace
}  // namespace lithe
