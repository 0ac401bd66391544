// BatchNorm(Phi z) + z is one product: with BatchNorm's s = gamma / sqrt(var + eps) and t = beta - s mean it equals
// (diag(s) Phi + I) z + t. The layer that predicts Phi scales its rows and adds the identity as a bias; t moves through
// the 1x1 convolution behind it into that one's bias.

#include "halide_generators/conv2d/pattern.h"

namespace lithe {
namespace {

bool is_free_layer(const Graph& graph, const Node* node) {
  return node != nullptr && (node->op->name() == "linear" || node->op->name() == "conv2d") && has_state(graph, *node);
}

/// The only reader of `value`: a linear layer with one column of weights per channel, not one per element of an image,
/// or an unpadded 1x1 convolution. To those a shift of their input is a bias.
Node* reader(Graph& graph, ValueId value) {
  Node* found = nullptr;
  for (Node& node : graph.nodes) {
    for (const ValueId input : node.inputs) {
      if (input != value) continue;
      if (found != nullptr) return nullptr;
      found = &node;
    }
  }
  if (!is_free_layer(graph, found) || found->inputs[0] != value) return nullptr;
  const Shape& kernel = graph.value(found->inputs[1]).shape;
  if (found->op->name() == "linear") return kernel[1] == graph.value(value).shape[1] ? found : nullptr;
  return integer(*found, "groups") == 1 && kernel[2] == 1 && kernel[3] == 1 && has_padding(*found, 0) ? found : nullptr;
}

class Layer {
 public:
  Layer(Graph& graph, Parameters& parameters, Node* node) : graph_(graph), parameters_(parameters), node_(node) {
    weight = state(node->inputs[1]);
    bias = bias_of(*node) != kNoValue ? state(bias_of(*node)) : Tensor::filled({weight.dim(0)}, 0.0f);
  }
  void save(const std::string& reason) {
    const std::string name = graph_.value(node_->inputs[1]).name + "*" + reason;
    node_->inputs.resize(3);
    node_->inputs[1] = add_parameter(graph_, parameters_, name, weight);
    node_->inputs[2] = add_parameter(graph_, parameters_, name + ".bias", bias);
  }
  Tensor weight, bias;

 private:
  Tensor state(ValueId id) const { return parameters_.at(graph_.value(id).name).clone(); }
  Graph& graph_;
  Parameters& parameters_;
  Node* node_;
};

void fold(const Node& norm, const Graph& graph, const Parameters& parameters, Layer& phi, Layer& behind) {
  const auto state = [&](size_t input) { return parameters.at(graph.value(norm.inputs[input]).name).contiguous(); };
  const Tensor gamma = state(1), beta = state(2), mean = state(3), variance = state(4);
  const double eps = std::get<double>(norm.attributes.at("eps"));
  const int64_t latent = gamma.dim(0), inputs = phi.weight.dim(1), outputs = behind.weight.dim(0);
  for (int64_t i = 0; i < latent; ++i) {
    const double s = gamma.at(i) / std::sqrt(variance.at(i) + eps), t = beta.at(i) - s * mean.at(i);
    for (int64_t j = 0; j < latent; ++j) {
      const int64_t row = i * latent + j;
      for (int64_t k = 0; k < inputs; ++k) phi.weight.at(row, k) = static_cast<float>(s * phi.weight.at(row, k));
      phi.bias.at(row) = static_cast<float>(s * phi.bias.at(row) + (i == j ? 1 : 0));
    }
    for (int64_t o = 0; o < outputs; ++o) behind.bias.at(o) += static_cast<float>(t * behind.weight.at(o, i));
  }
}

bool fold_latent(Graph& graph, Parameters& parameters, size_t index) {
  const Node add = graph.nodes[index];
  if (add.op->name() != "add") return false;
  const Node* norm = only_producer(graph, add.inputs[0]);
  if (norm == nullptr || norm->op->name() != "batch_norm" || !has_state(graph, *norm)) return false;
  const Node* product = only_producer(graph, norm->inputs[0]);
  if (product == nullptr || product->op->name() != "phi_product" || product->inputs[0] != add.inputs[1]) return false;
  Node *phi_node = only_producer(graph, product->inputs[1]), *behind_node = reader(graph, add.outputs[0]);
  if (!is_free_layer(graph, phi_node) || phi_node->op->name() != "linear" || behind_node == nullptr) return false;
  if (only_producer(graph, add.outputs[0]) == nullptr) return false;  // also an output of the network
  if (!is_unbounded(*phi_node)) return false;

  Layer phi(graph, parameters, phi_node), behind(graph, parameters, behind_node);
  fold(*norm, graph, parameters, phi, behind);
  phi.save(norm->name), behind.save(norm->name);
  const ValueId folded = product->outputs[0];
  const auto norm_index = static_cast<size_t>(norm - graph.nodes.data());
  bypass(graph, index, folded);
  bypass(graph, norm_index, folded);
  return true;
}

[[maybe_unused]] const bool registered = register_rewrite({"fold_latent_norm", 12, fold_latent});

}  // namespace
}  // namespace lithe
