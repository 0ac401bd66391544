#pragma once

#include "datasets/loader.h"
#include "pipelines/model/model.h"
#include "trainers/drt.h"
#include "trainers/drt_domains.h"
#include "trainers/drt_learner.h"

namespace lithe {

constexpr const char* kAdaptStage = "adapt";
constexpr const char* kSelfTrainStage = "self-train";

/// Batches without end, from any step on.
class BatchStream {
 public:
  /// `steps`: how many will be asked for at most.
  BatchStream(DatasetPtr set, const Preprocessing& preprocessing, const DrtOptions& options, uint64_t seed,
              int64_t steps);
  void start_at(int64_t step) { loader_.seek(step / batches_, step % batches_); }
  /// Valid until the next call.
  const LabelledBatch& next() { return *loader_.next(); }

 private:
  int64_t batches_;  // of an epoch
  Loader loader_;
};

/// One stage of an adaptation: epochs of steps on batches of sources and target.
class DrtStage {
 public:
  /// `name`: one of the two above. `start`: the model whose weights are taken on. `target`: images of the target, for
  /// self-training with the labels that a model gave them. What is passed must outlive the stage.
  DrtStage(const char* name, const DrtOptions& options, const DrtDomains& domains, const Model& start,
           DatasetPtr target);

  int64_t epochs() const { return epochs_; }
  int64_t steps() const { return steps_; }  // of an epoch
  DrtLearner& learner() { return learner_; }
  Model model() const;

  /// Trains epoch `epoch` (from 0 on) and measures it. Returns false if the user asked to stop before its end.
  bool train(int64_t epoch, DrtEpoch* row, Progress& progress);

 private:
  void judge(DrtEpoch* row) const;

  const char* name_;
  bool self_training_;
  int64_t epochs_, steps_;
  const DrtOptions& options_;
  const DrtDomains& domains_;
  const Model& start_;
  TwoHeadedParts parts_;
  DrtLearner learner_;
  BatchStream sources_, targets_;
  LearningRate lr_;
};

}  // namespace lithe
