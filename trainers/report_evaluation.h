#pragma once
// The parts of a page that tell how a classifier did on a set.

#include "trainers/evaluate_model.h"
#include "trainers/report_html.h"

namespace lithe {

/// Accuracy by confidence, confusion matrix, table of classes, and the wrong answers with the largest loss.
Html evaluation_sections(const EvaluationReport& report);

/// The bounds: "90.31% to 92.05%".
std::string interval(const Estimate& estimate, std::string (*shown)(double));

}  // namespace lithe
