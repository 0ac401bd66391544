#pragma once
// From full adapters and the statistics around them to low-rank ones.

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/parameters.h"
#include "pipelines/networks/adapters.h"
#include "trainers/low_rank.h"

namespace lithe {

/// The activations whose statistics are needed: for each adapter what goes into A, "NAME/in", and what comes out of it,
/// "NAME/out". `graph`: with full adapters.
std::vector<WatchedValue> watched_values(const Graph& graph, const std::vector<AdapterPlace>& places);

struct LowRankOptions {
  double tau = 0.995;
  Scaling scaling = Scaling::kPaper;
  bool svd = false;          // of A alone, with the rank min(kx, ky), which takes as many numbers
  bool random_mini = false;  // the mini-adaptation layer is left as it starts
};

struct LowRankStart {
  std::map<std::string, AdapterRanks> ranks;  // by adapter
  Parameters parameters;                      // of the three convolutions of each
};

/// kx and ky follow from the input's and output's variances; groups of one adapter get the largest rank among them.
LowRankStart low_rank_start(const std::vector<AdapterPlace>& places, const Parameters& full,
                            const ActivationMoments& moments, const LowRankOptions& options);

}  // namespace lithe
