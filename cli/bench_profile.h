#pragma once
// `lithe bench --profile`: the steps of the plan as a table and as JSON.

#include <nlohmann/json_fwd.hpp>

#include "pipelines/graph/profile.h"

namespace lithe::cli {

struct ProfileReport {
  Profile profile;
  double pass_seconds = 0;  // the fastest forward pass without a clock between its steps
  double peak_gflops = 0;   // of the threads that computed
};

/// One object per step, the sums per kernel, and the sum of all steps beside the whole pass.
nlohmann::ordered_json as_json(const ProfileReport& report);

/// The same on standard output.
void print(const ProfileReport& report);

}  // namespace lithe::cli
