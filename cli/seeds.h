#pragma once
// `--seeds N`: a training N times, and what its results have in common.

#include <nlohmann/json.hpp>
#include <optional>

#include "cli/interrupt.h"
#include "pipelines/core/progress.h"

namespace lithe::cli {

constexpr const char* kSeedsHelp =
    "runs, with seeds from --seed on, in OUTPUT/seed-N; seeds.json holds their mean and deviation";

/// What one of several runs came to.
struct SeedRun {
  nlohmann::ordered_json record;  // its entry in seeds.json, behind its seed
  std::optional<double> top1;     // a share; none if there is nothing to measure it on
};

/// Writes seeds.json, with mean and deviation (of a sample) of the accuracies if all runs have one. `what` they are of.
void write_seeds(const std::string& output, const std::string& what, const std::vector<SeedRun>& runs,
                 Progress& progress);

/// Calls train(options, progress), which returns a SeedRun or nothing when it was interrupted, with each seed and its
/// folder.
template <class Options, class Train>
ExitCode train_seeds(int64_t count, const Options& options, const std::string& what, const Train& train,
                     Progress& progress) {
  std::vector<SeedRun> runs;
  for (int64_t i = 0; i < count; ++i) {
    Options one = options;
    one.seed = options.seed + static_cast<uint64_t>(i);
    one.output = options.output + "/seed-" + std::to_string(one.seed);
    const std::optional<SeedRun> run = train(one, progress);
    if (!run) return interrupted();
    runs.push_back({{{"seed", one.seed}}, run->top1});
    runs.back().record.update(run->record);
  }
  write_seeds(options.output, what, runs, progress);
  return kDone;
}

}  // namespace lithe::cli
