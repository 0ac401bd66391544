#pragma once
// What an adaptation writes down.

#include <string>

#include "trainers/drt.h"
#include "trainers/drt_domains.h"
#include "trainers/evaluation.h"

namespace lithe {

/// The row (from 0 on) that `select` chooses among those of the last stage: the highest score, the first of equal ones;
/// -1 without rows.
int64_t selected(const std::vector<DrtEpoch>& epochs, const std::string& select);

std::string metrics_csv(const std::vector<DrtEpoch>& epochs);
std::string to_text(const std::vector<DrtEpoch>& epochs);
std::vector<DrtEpoch> epochs_from_text(const std::string& text);
/// "adapt 3/15: loss 1.234, transfer -0.1, source 97.1%, infomax 1.9, 9.8 classes, lr 0.01, 12 s"
std::string in_words(const DrtEpoch& row, int64_t epochs);

/// summary.json.
std::string summary_json(const DrtOptions& options, const DrtSummary& summary, const Estimate& top1, int64_t images);

}  // namespace lithe
