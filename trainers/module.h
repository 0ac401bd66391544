#pragma once
// The door to training for the program, which does not link OpenCV: the module is loaded on first use.

#include "pipelines/core/shared_library.h"
#include "trainers/classification.h"
#include "trainers/covnorm.h"
#include "trainers/drt.h"
#include "trainers/evaluate_model.h"
#include "trainers/report.h"
#include "trainers/training_speed.h"

namespace lithe {

struct TrainersModule {
  TrainingSummary (*train_classifier)(const ClassificationOptions& options, Progress& progress);
  EvaluationReport (*evaluate_model)(const Model& model, const std::string& where, const std::string& split,
                                     int64_t batch, uint64_t seed, Progress& progress);
  TrainingSpeed (*measure_training)(const Model& model, const Tensor& images, int steps, double seconds, bool profile);
  std::string (*evaluation_page)(const Model& model, const EvaluationReport& report, const std::string& command);
  DrtSummary (*adapt_drt)(const DrtOptions& options, Progress& progress);
  CovNormSummary (*adapt_covnorm)(const CovNormOptions& options, Progress& progress);
};

/// What liblithe_trainers.so offers.
extern "C" const TrainersModule* lithe_trainers_module();

/// Loads the module on the first call. Throws Error if it is not installed.
inline const TrainersModule& trainers() {
  using Entry = const TrainersModule* (*)();
  static const Entry entry = reinterpret_cast<Entry>(symbol("liblithe_trainers.so", "lithe_trainers_module"));
  return *entry();
}

}  // namespace lithe
