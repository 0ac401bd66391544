#pragma once
// From the arguments NETWORK_OR_FILE and --set to a graph.

#include <map>
#include <string>

#include "pipelines/model/model.h"
#include "pipelines/networks/registry.h"

namespace lithe::cli {

/// The graph alone: a network needs no weights for that. Throws Error naming the nearest network if `model` is neither
/// a network nor a file.
Graph graph_of(const std::string& model, const std::map<std::string, std::string>& set);

}  // namespace lithe::cli
