#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

/// Parameters and statistics by their published names, row-major float32.
using Parameters = std::map<std::string, Tensor>;

/// Seeded starting values by each value's Init. The same seed gives the same bits on any machine and thread count.
Parameters initial_parameters(const Graph& graph, uint64_t seed);

/// The entries of `from` that `graph` needs, under the names it uses (prefixes `module.` stripped, aliases applied),
/// converted to float32. Throws Error that lists every missing name and every wrong shape; names in `from` that the
/// graph does not know are returned in `unused` if that is given (`num_batches_tracked` never is).
Parameters match_parameters(const Graph& graph, const std::map<std::string, Tensor>& from,
                            std::vector<std::string>* unused = nullptr);

}  // namespace lithe
