#pragma once
// The folder of a training run: run.json, metrics.csv, report.html, checkpoints/, best.safetensors, last.safetensors,
// and an event file for TensorBoard.

#include <optional>
#include <string>
#include <vector>

#include "pipelines/core/progress.h"
#include "pipelines/model/model.h"
#include "trainers/checkpoint.h"
#include "trainers/classification.h"

namespace lithe {

/// The epoch (from 1 on) with the highest validation top-1, the first of equal ones; 0 if there is none.
int64_t best_epoch(const std::vector<EpochMetrics>& epochs);
/// "epoch 3/30: loss 1.234, top-1 55.1%, validation 57.0%, lr 0.08, 812 images/s"
std::string in_words(const EpochMetrics& metrics, int64_t epochs);
/// The epochs that a checkpoint of RunFolder::save tells of.
std::vector<EpochMetrics> epochs_from(const Checkpoint& checkpoint);

/// What the folder of `lithe adapt covnorm` has where the others have run.json.
inline constexpr const char* kBackboneFile = "backbone.safetensors";

class RunFolder {
 public:
  /// Makes the folder and its run.json, or continues the run that is there; one without a checkpoint has nothing to
  /// continue. Throws Error(kUsage) naming the first member of the configuration in which that one differs, if the
  /// folder is that of `lithe adapt covnorm`, or if another process trains there; kOutput if it cannot be written.
  /// `fresh`: forgets it.
  RunFolder(std::string path, const std::string& configuration, bool fresh);

  std::optional<Checkpoint> newest(Progress& progress) const;
  /// Writes down an epoch. The checkpoint comes last: without it the epoch is done again, with the same bits. `report`:
  /// the page.
  void save(const Model& model, const std::vector<EpochMetrics>& epochs, const std::string& report,
            Checkpoint checkpoint) const;
  /// The model of the best epoch so far.
  Model best() const;

  /// Writes down where another kind of training stands.
  void save(const Checkpoint& checkpoint) const { checkpoints_.save(checkpoint); }

 private:
  std::string path_;
  CheckpointFolder checkpoints_;
};

}  // namespace lithe
