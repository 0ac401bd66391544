#pragma once

#include <string>
#include <vector>

#include "trainers/drt_scores.h"
#include "trainers/report_html.h"

namespace lithe {

/// A picture (SVG) of the features of both domains on their two common principal axes, twice: coloured by domain, and
/// by class, that of the label for sources (rings) and that of the prediction for the target (dots). `replies`: at
/// least two images together.
Html embedding_svg(const Replies& source, const Replies& target, const std::vector<std::string>& class_names);

}  // namespace lithe
