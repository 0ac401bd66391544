#pragma once
// What a finished adaptation amounts to.

#include <string>

#include "trainers/drt.h"
#include "trainers/drt_domains.h"
#include "trainers/evaluate_model.h"

namespace lithe {

/// Where a stage keeps the model that `select` chose, a value of --select or kOracle.
std::string model_file(const std::string& output, const std::string& stage, const std::string& select);

/// Measures the models that the stages kept on the target's test images, or without labels on those that were adapted
/// to, and fills in all members of `summary` but `epochs`. Returns how the result does.
EvaluationReport measure(const DrtOptions& options, const DrtDomains& domains, DrtSummary* summary);

}  // namespace lithe
