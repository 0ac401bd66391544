#pragma once

#include <string>

#include "pipelines/core/progress.h"
#include "pipelines/graph/parameters.h"

namespace lithe {

/// What of the tensors in `file` fits `graph` by name and shape replaces the weights
/// in `parameters`; says in `progress` which start anew. Throws Error if none fits.
void start_from(const std::string& file, const Graph& graph, Parameters* parameters, Progress& progress);

}  // namespace lithe
