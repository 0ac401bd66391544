#pragma once
// Networks for tests of rewrites.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "pipelines/graph/rewrite.h"
#include "pipelines/graph/session.h"
#include "tests/graph/small_network.h"

namespace lithe {

/// Layers with fresh parameters.
struct Net {
  GraphBuilder g{"net"};

  std::string fresh(const std::string& op) { return op + "." + std::to_string(count_++); }
  ValueId op(const std::string& op, std::vector<ValueId> inputs, Attributes attributes = {}) {
    return g.op(op, fresh(op), std::move(inputs), std::move(attributes));
  }
  ValueId conv(ValueId x, int64_t out, int64_t kernel = 1, int64_t groups = 1) {
    const std::string name = fresh("conv");
    return g.op("conv2d", name, {x, g.parameter(name + ".weight", {out, g.channels(x) / groups, kernel, kernel}, {})},
                {{"groups", groups}, {"pad_h", kernel / 2}, {"pad_w", kernel / 2}});
  }
  ValueId linear(ValueId x, int64_t out, bool bias = true) {
    const std::string name = fresh("linear");
    std::vector<ValueId> inputs{x, g.parameter(name + ".weight", {out, g.channels(x)}, {})};
    if (bias) inputs.push_back(g.parameter(name + ".bias", {out}, {}));
    return g.op("linear", name, inputs);
  }
  struct DynamicPaths {
    ValueId latent, fixed;
  };
  /// Dynamic Convolution Decomposition with four latent channels, before its sum.
  DynamicPaths dynamic_paths(ValueId x, int64_t out, int64_t kernel = 1) {
    const ValueId v = op("global_avg_pool", {x});
    const ValueId lambda = op("hard_sigmoid", {linear(v, out)}, {{"scale", 2.0}});
    const ValueId latent = conv(latent_path(x, v), out);
    return {latent, op("channel_scale", {conv(x, out, kernel), lambda})};
  }
  ValueId dynamic_conv(ValueId x, int64_t out, int64_t kernel = 1) {
    const auto [latent, fixed] = dynamic_paths(x, out, kernel);
    return op("add", {latent, fixed});
  }
  /// Its four channels; `v` is N C.
  ValueId latent_path(ValueId x, ValueId v) {
    const ValueId z = norm(conv(x, 4));
    const ValueId phi_z = op("phi_product", {z, linear(v, 16, /*bias=*/false)});
    return op("add", {norm(phi_z), z});
  }
  ValueId norm(ValueId x) { return normed(g, fresh("norm"), x); }
  ValueId shuffle(ValueId x, int64_t groups) {
    std::vector<int64_t> index;
    const int64_t size = g.channels(x) / groups;
    for (int64_t j = 0; j < size; ++j) {
      for (int64_t i = 0; i < groups; ++i) index.push_back(i * size + j);
    }
    return op("channel_permute", {x}, {{"index", index}});
  }
  ValueId shift_max(ValueId x, int64_t groups) {
    const ValueId hidden = op("relu", {linear(op("global_avg_pool", {x}), 4)});
    const ValueId a =
        op("shift_max_coefficients", {linear(hidden, 4 * g.channels(x))},
           {{"branches", int64_t{2}}, {"terms", int64_t{2}}, {"offsets", std::vector<double>{1, 0, 1, 0}}});
    return op("dynamic_shift_max", {x, a}, {{"groups", groups}});
  }

 private:
  int count_ = 0;
};

inline int count(const Graph& graph, const std::string& op) {
  return static_cast<int>(
      std::count_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& n) { return n.op->name() == op; }));
}

inline Parameters random_parameters(const Graph& graph) {
  Parameters parameters;
  unsigned seed = 1;
  for (const ValueId id : graph.state()) {
    Tensor t = random_tensor(graph.value(id).shape, seed++);
    if (graph.value(id).name.find("running_var") != std::string::npos) {
      for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = 0.5f + std::abs(t.data()[i]);
    }
    parameters[graph.value(id).name] = t;
  }
  return parameters;
}

/// Checks that rewriting keeps the result and returns the rewritten graph.
inline Graph rewritten(Net& net, ValueId output) {
  net.g.output(output);
  Graph graph = net.g.finish();
  Parameters parameters = random_parameters(graph);
  Shape shape = graph.value(graph.inputs[0]).shape;
  shape[0] = 2;
  const Tensor x = random_tensor(shape, 99);
  const Tensor expected = forward(graph, parameters, {x}).output();
  EXPECT_LE(relative_difference(Session(graph, parameters).run({x})[0], expected), 1e-5);
  rewrite(graph, parameters);
  return graph;
}

}  // namespace lithe
