#pragma once

#include <string>

#include "pipelines/model/model.h"
#include "trainers/drt.h"
#include "trainers/evaluate_model.h"
#include "trainers/report_html.h"

namespace lithe {

/// report.html of a finished adaptation: how the result does on the target (`report`), what each stage took and kept,
/// curves over epochs, `embedding`, shares of classes, cost and configuration. Without labels of the target it says
/// nothing of accuracy.
std::string drt_report(const DrtOptions& options, const DrtSummary& summary, const Model& result,
                       const EvaluationReport& report, const Html& embedding);

}  // namespace lithe
