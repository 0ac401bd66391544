#pragma once
// What an adaptation writes down.

#include <string>

#include "trainers/drt.h"

namespace lithe {

/// Chooses by the target's labels.
constexpr const char* kOracle = "oracle";

/// The epoch of `stage` that `select` chooses, a value of --select or kOracle: the highest score, the first of equal
/// ones. There must be one.
const DrtEpoch& chosen(const std::vector<DrtEpoch>& epochs, const std::string& stage, const std::string& select);

std::string metrics_csv(const std::vector<DrtEpoch>& epochs);
std::string to_text(const std::vector<DrtEpoch>& epochs);
std::vector<DrtEpoch> epochs_from_text(const std::string& text);
/// "adapt 3/15: loss 1.234, transfer -0.1, source 97.1%, infomax 1.9, 9.8 classes, lr 0.01, 12 s"
std::string in_words(const DrtEpoch& row, int64_t epochs);

/// summary.json.
std::string summary_json(const DrtOptions& options, const DrtSummary& summary);

}  // namespace lithe
