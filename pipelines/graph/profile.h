#pragma once
// Where the time of a forward pass goes, step by step.

#include <string>
#include <vector>

#include "pipelines/graph/session.h"

namespace lithe {

struct StepProfile {
  std::string op, kernel, node;    // kernel "copy": elements are put into row-major order
  std::vector<std::string> fused;  // nodes of the network whose work this step does as well
  bool specialised = false;        // compiled for just this call
  Shape input, output;             // the first of each
  int64_t madds = 0;   // rule (b): zeros that a rewrite wrote into weights count, what Winograd saves does not
  int64_t bytes = 0;   // of all inputs, weights and outputs: what is moved at least
  double seconds = 0;  // in its fastest run
};

struct Profile {
  std::vector<StepProfile> steps;                // in the order of the plan
  double input_seconds = 0, output_seconds = 0;  // before the first step and behind the last: copies
};

/// Runs `session` on one image `runs` times with the caches as they are then, and keeps the fastest run of every step.
/// Inputs as for Session::run, with N = 1. Throws Error (kUsage) for a session on a device: its steps are computed
/// behind their calls.
Profile profile(const Session& session, const std::vector<Tensor>& inputs, int runs);

}  // namespace lithe
