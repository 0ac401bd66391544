#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pipelines/formats/run_record.h"
#include "pipelines/model/model.h"
#include "pipelines/vision/classifier.h"
#include "pipelines/vision/classify.h"

namespace lithe {

/// Everything that decides a record but the image.
struct ClassifySetup {
  std::unique_ptr<Classifier> classifier;
  Preprocessing preprocessing;
  std::vector<std::string> labels;  // one per class, or empty
  std::string network, hash;        // of the model
  std::map<std::string, std::string> network_options;
};

/// Loads the model and engine that the options name. Throws Error: kUsage for options that do not fit.
ClassifySetup set_up(const ClassifyOptions& options);

/// The model's preprocessing where the options say nothing else. Throws Error(kUsage) naming the option.
Preprocessing preprocessing_of(const Preprocessing& model, const ClassifyOptions& options);

/// The lines of a text, without carriage returns at their ends.
std::vector<std::string> lines_of(const std::string& text);

/// What run.json says about these results.
RunRecord run_record(const ClassifyOptions& options, const ClassifySetup& setup, const std::string& root,
                     int64_t inputs);

}  // namespace lithe
