#pragma once

#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "pipelines/core/progress.h"
#include "pipelines/model/model.h"
#include "trainers/evaluation.h"

namespace lithe {

/// A model on one split of a data set.
struct EvaluationReport {
  std::string where, split;              // the data
  std::vector<std::string> class_names;  // of the data
  Evaluation evaluation;
  std::vector<std::string> worst;       // where the images with the largest loss lie, the worst first
  DatasetPtr set;                       // the data
  std::vector<Prediction> predictions;  // of every image, in the order of the set
  bool interrupted = false;             // then nothing else is filled in
};

/// Throws Error naming the data set, split or model that does not fit. `seed`: of the samples behind the intervals.
EvaluationReport evaluate_model(const Model& model, const DatasetPtr& set, int64_t batch, uint64_t seed,
                                Progress& progress);
/// The same for a split of `where`; `progress` begins at its number of images.
EvaluationReport evaluate_model(const Model& model, const std::string& where, const std::string& split, int64_t batch,
                                uint64_t seed, Progress& progress);

/// What the model says about every image of the set, in its order, computed by the inference engine. Classes are those
/// of the set; where the model has labels, they are matched by name. Throws Error if the numbers of classes differ or
/// only some of the names are known, or naming an image that cannot be read.
std::vector<Prediction> predict(const Model& model, const DatasetPtr& set, int64_t batch, Progress& progress);

}  // namespace lithe
