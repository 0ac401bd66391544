#pragma once
// A small network that has everything a plan deals with: layers to fold, an elementwise chain, a skip, views.

#include <random>

#include "pipelines/graph/parameters.h"

namespace lithe {

inline Tensor random_tensor(Shape shape, unsigned seed) {
  std::mt19937 bits(seed);
  std::uniform_real_distribution<float> value(-1.0f, 1.0f);
  Tensor t(std::move(shape));
  for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = value(bits);
  return t;
}

struct SmallNetwork {
  Graph graph;
  Parameters parameters;
};

inline ValueId normed(GraphBuilder& g, const std::string& name, ValueId x) {
  const int64_t c = g.channels(x);
  return g.op(
      "batch_norm", name,
      {x, g.parameter(name + ".weight", {c}, Init::constant(1)), g.parameter(name + ".bias", {c}, Init::constant(0)),
       g.statistic(name + ".running_mean", {c}, Init::constant(0)),
       g.statistic(name + ".running_var", {c}, Init::constant(1))});
}

/// N 3 H W -> N 5.
inline SmallNetwork small_network() {
  GraphBuilder g("small");
  ValueId x = g.input("input", {1, 3, 9, 11});
  x = g.op("conv2d", "conv1", {x, g.parameter("conv1.weight", {20, 3, 3, 3}, {})},
           {{"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}, {"stride_h", int64_t{2}}, {"stride_w", int64_t{2}}});
  x = g.op("relu6", "relu1", {normed(g, "bn1", x)});
  ValueId y = g.op("conv2d", "conv2", {x, g.parameter("conv2.weight", {20, 1, 3, 3}, {})},
                   {{"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}, {"groups", int64_t{20}}});
  y = g.op("hard_swish", "swish", {normed(g, "bn2", y)});
  x = g.op("add", "add", {x, y});
  x = g.op("global_avg_pool", "pool", {g.op("dropout", "drop", {x})});
  x = g.op("linear", "fc", {x, g.parameter("fc.weight", {5, 20}, {}), g.parameter("fc.bias", {5}, {})});
  g.output(x);
  SmallNetwork net{g.finish(), {}};
  unsigned seed = 1;
  for (const ValueId id : net.graph.state()) {
    const Value& value = net.graph.value(id);
    Tensor t = random_tensor(value.shape, seed++);
    if (value.name.find("running_var") != std::string::npos) {
      for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = 0.5f + t.data()[i] * t.data()[i];
    }
    net.parameters[value.name] = t;
  }
  return net;
}

}  // namespace lithe
