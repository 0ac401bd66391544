// A BatchNorm behind a convolution or linear layer disappears into it: with s = gamma / sqrt(var + eps) its weights
// become s w and its bias s (b - mean) + beta. So it does behind a sum of such layers, scaled per channel or not: every
// one of them is scaled and one takes the shift. The other direction, a BatchNorm before a convolution, would be wrong
// at zero-padded borders.

#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

bool is_layer(const Graph& graph, const Node& node) {
  if (node.op->name() != "conv2d" && node.op->name() != "linear") return false;
  return is_unbounded(node) && has_state(graph, node);
}

/// Whether `value` can be multiplied per channel by changing weights only.
bool takes_scale(Graph& graph, ValueId value) {
  const Node* node = only_producer(graph, value);
  if (node == nullptr) return false;
  const std::string& op = node->op->name();
  if (op == "add") return takes_scale(graph, node->inputs[0]) && takes_scale(graph, node->inputs[1]);
  if (op == "channel_scale") return takes_scale(graph, node->inputs[0]);
  return op == "dynamic_residual" ? has_state(graph, *node, 2) : is_layer(graph, *node);
}

/// The layer whose bias can shift `value`, or nullptr.
Node* takes_shift(Graph& graph, ValueId value) {
  Node* node = only_producer(graph, value);
  if (node == nullptr || is_layer(graph, *node)) return node;
  if (node->op->name() != "add") return nullptr;
  Node* left = takes_shift(graph, node->inputs[0]);
  return left != nullptr ? left : takes_shift(graph, node->inputs[1]);
}

class Folding {
 public:
  Folding(Graph& graph, Parameters& parameters, const Node& norm)
      : graph_(graph), parameters_(parameters), norm_(norm) {
    const Tensor gamma = state(norm.inputs[1]), beta = state(norm.inputs[2]), mean = state(norm.inputs[3]),
                 variance = state(norm.inputs[4]);
    const double eps = std::get<double>(norm.attributes.at("eps"));
    for (int64_t c = 0; c < gamma.dim(0); ++c) {
      scale_.push_back(gamma.at(c) / std::sqrt(variance.at(c) + eps));
      shift_.push_back(beta.at(c) - scale_.back() * mean.at(c));
    }
  }

  void scale(ValueId value) {
    Node* node = only_producer(graph_, value);
    if (node->op->name() == "add") {
      scale(node->inputs[0]), scale(node->inputs[1]);
    } else if (node->op->name() == "channel_scale") {
      scale(node->inputs[0]);
    } else {
      for (size_t i = is_layer(graph_, *node) ? 1 : 2; i < node->inputs.size(); ++i) {
        if (node->inputs[i] != kNoValue) node->inputs[i] = replaced(node->inputs[i], scaled(state(node->inputs[i])));
      }
    }
  }

  void shift(Node* layer) {
    const Tensor bias = bias_of(*layer) != kNoValue ? state(bias_of(*layer)).clone()
                                                    : Tensor::filled({static_cast<int64_t>(shift_.size())}, 0.0f);
    for (size_t c = 0; c < shift_.size(); ++c) bias.data()[c] = static_cast<float>(bias.data()[c] + shift_[c]);
    layer->inputs.resize(3);
    layer->inputs[2] =
        add_parameter(graph_, parameters_, graph_.value(layer->inputs[1]).name + ".bias*" + norm_.name, bias);
  }

 private:
  Tensor state(ValueId id) const { return parameters_.at(graph_.value(id).name).contiguous(); }
  ValueId replaced(ValueId id, const Tensor& tensor) {
    return add_parameter(graph_, parameters_, graph_.value(id).name + "*" + norm_.name, tensor);
  }
  Tensor scaled(const Tensor& t) const {
    Tensor result(t.shape());
    const int64_t row = t.size() / t.dim(0);
    for (int64_t i = 0; i < t.size(); ++i) {
      result.data()[i] = static_cast<float>(scale_[static_cast<size_t>(i / row)] * t.data()[i]);
    }
    return result;
  }

  Graph& graph_;
  Parameters& parameters_;
  const Node& norm_;
  std::vector<double> scale_, shift_;
};

bool fold(Graph& graph, Parameters& parameters, size_t index) {
  const Node norm = graph.nodes[index];
  if (norm.op->name() != "batch_norm" || !has_state(graph, norm)) return false;
  Node* layer = takes_shift(graph, norm.inputs[0]);
  if (layer == nullptr || !takes_scale(graph, norm.inputs[0])) return false;
  Folding folding(graph, parameters, norm);
  folding.scale(norm.inputs[0]);
  folding.shift(layer);
  bypass(graph, index, norm.inputs[0]);
  return true;
}

[[maybe_unused]] const bool registered = register_rewrite({"fold_batch_norm", 10, fold});

}  // namespace
}  // namespace lithe
