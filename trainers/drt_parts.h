#pragma once

#include "pipelines/graph/graph.h"

namespace lithe {

/// A network with two heads, taken apart where they begin: the trunk, N C H W -> features N D, and the heads, features
/// -> the logits of both, N K each. Parameters keep their names.
struct TwoHeadedParts {
  Graph trunk, heads;
  std::string features;  // the name of that value in the whole graph
};

/// Throws Error(kUsage) if the network's output is no choice between two heads.
TwoHeadedParts parts_of(const Graph& graph);

}  // namespace lithe
