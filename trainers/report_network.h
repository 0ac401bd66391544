#pragma once

#include "pipelines/graph/graph.h"
#include "trainers/report_html.h"

namespace lithe {

/// What each block of a network costs, and in a part that unfolds each layer. A block is what shares the first part of
/// its names, and a number behind it: "layer1.0", "features.3", "fc".
Html cost_section(const Graph& graph);

}  // namespace lithe
