#pragma once

#include "datasets/dataset.h"
#include "pipelines/model/model.h"
#include "trainers/classification.h"

namespace lithe {

/// What a run starts from.
struct ClassificationSetup {
  DatasetPtr training, validation;
  Model model;          // with its first weights, which nobody else holds
  Model teacher;        // empty without --teacher
  std::string command;  // that repeats the run, for its report; may be empty
};

/// Throws Error(kUsage) naming the option that is out of its range.
void check_options(const ClassificationOptions& options);

/// The images to train on and to choose the best epoch on.
struct TrainingData {
  DatasetPtr training, validation;
};
/// Throws Error naming what does not fit.
TrainingData open_training_data(const ClassificationOptions& options);

/// Images of the network's size (`input`: N C H W) are taken as they are, small ones of one size are stretched,
/// photographs cropped; normalised by the channels' statistics in `set`.
Preprocessing preprocessing_for(const Dataset& set, const Shape& input);

/// Opens the data, builds the network for its classes and size, and draws or reads the first weights. Throws Error
/// naming what does not fit.
ClassificationSetup set_up(const ClassificationOptions& options, Progress& progress);

/// What decides the bits of a run, as JSON: the options and what was read.
std::string configuration(const ClassificationOptions& options, const ClassificationSetup& setup);

}  // namespace lithe
