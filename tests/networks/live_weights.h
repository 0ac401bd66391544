#pragma once

#include "pipelines/core/random.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/calibrate.h"

namespace lithe {

/// Seeded weights whose batch norms also scale and shift, so that an exchange of any two tensors shows.
inline Parameters live_weights(const Graph& graph, uint64_t seed) {
  Parameters weights = seeded_parameters(graph, seed);
  for (const Node& node : graph.nodes) {
    if (node.op->name() != "batch_norm") continue;
    const RandomStream random(seed, node.name);
    const Tensor &gamma = weights.at(graph.value(node.inputs[1]).name),
                 &beta = weights.at(graph.value(node.inputs[2]).name);
    for (int64_t c = 0; c < gamma.size(); ++c) {
      const auto i = static_cast<uint64_t>(c);
      gamma.data()[c] *= static_cast<float>(0.8 + 0.4 * random.uniform(2 * i));
      beta.data()[c] = static_cast<float>(0.4 * random.uniform(2 * i + 1) - 0.2);
    }
  }
  return weights;
}

}  // namespace lithe
