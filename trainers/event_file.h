#pragma once

#include <string>
#include <vector>

#include "trainers/classification.h"

namespace lithe {

/// Brings the TensorBoard event file in the folder of a run up to date with its epochs: events.out.tfevents.TIME.HOST,
/// where TIME is the start of the run. An event's wall time is that plus the seconds of training until then, so the
/// file is a function of its name and the epochs. What it lacks is appended, since TensorBoard keeps the file open; a
/// file that is no beginning of what it should be (its run was killed and did an epoch anew) is replaced. Throws
/// Error(kOutput).
void write_event_file(const std::string& folder, const std::vector<EpochMetrics>& epochs);

/// Removes the event file of a run that is to be forgotten.
void remove_event_file(const std::string& folder);

}  // namespace lithe
