#pragma once
// Pages about a classifier: one HTML file each that needs nothing else, neither network nor scripts.

#include <string>
#include <vector>

#include "trainers/classification.h"
#include "trainers/evaluate_model.h"

namespace lithe {

struct ClassificationSetup;

/// report.html of a run after its last epoch so far: curves, how the network of the best epoch does on the validation
/// set (`best`), what it costs, and the configuration.
std::string run_report(const ClassificationOptions& options, const ClassificationSetup& setup,
                       const std::vector<EpochMetrics>& epochs, const EvaluationReport& best);

/// A page about a model on a data set. `command`: what makes it, may be empty.
std::string evaluation_page(const Model& model, const EvaluationReport& report, const std::string& command);

}  // namespace lithe
