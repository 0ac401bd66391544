#pragma once
// Residual adapters (Rebuffi et al., NeurIPS 2017; Li and Vasconcelos, CVPR 2019): behind a convolution
//   z = x + A BN1(x),  then a BatchNorm BN2: the backbone's own, or a new one where it has none
// with A one 1x1 convolution (`conv1`) or three of low rank, C -> kx -> ky -> C: `conv_wh`, `conv_MAL`, `conv_rc`.
// Behind a convolution of G groups A is block-diagonal with G blocks, so that it folds into that convolution.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

/// Widths of a low-rank adapter, per group. {0, 0}: a full adapter.
struct AdapterRanks {
  int64_t kx = 0, ky = 0;
  bool full() const { return kx == 0; }
};

struct AdapterPlace {
  std::string convolution, name;  // of the backbone's node and of the adapter's
  std::string weight, bias;       // of the convolution; bias: "" where it has none
  std::string norm;               // node of BN2: the backbone's own, or NAME.bn2
  int64_t channels = 0, groups = 1;
  bool own_norm = false;  // whether BN2 is the backbone's
};

/// Where a backbone takes adapters: behind each of its convolutions of fixed weights that mixes channels (a depthwise
/// one has its BatchNorm for that), has a bias or a BatchNorm to take in what is constant, and fits one of the shell
/// patterns; not behind the classifier. `name` names the adapter of a convolution. Throws Error(kUsage) for a pattern
/// that fits no such convolution.
std::vector<AdapterPlace> adapter_places(
    const Graph& backbone, const std::vector<std::string>& patterns = {"*"},
    const std::function<std::string(const std::string&)>& name = [](const std::string& convolution) {
      return join(convolution, "adapter");
    });

/// The backbone with adapters; ranks by the name of the adapter, full ones where there are none. Parameters of the
/// backbone keep their names. Adapters start at 0: the network computes what the backbone does.
Graph with_adapters(const Graph& backbone, const std::vector<AdapterPlace>& places,
                    const std::map<std::string, AdapterRanks>& ranks = {});

/// The layer that gives the scores: the last convolution or linear layer.
const Node& classifier_of(const Graph& graph);

}  // namespace lithe
