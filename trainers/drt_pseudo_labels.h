#pragma once

#include <string>

#include "datasets/dataset.h"
#include "trainers/drt_scores.h"

namespace lithe {

/// The images of a target that a model is sure of, with the classes that it gave them.
struct PseudoLabels {
  DatasetPtr set;
  std::vector<double> thresholds;  // per class
  std::string csv;                 // every image: where, class, confidence, whether it is used
};

/// An image counts if its confidence is at least that of its class's threshold: `confidence`, or the median of the
/// images given that class where that is lower, so that no class is left out for being hard (after Zou et al., ECCV
/// 2018). `replies`: to all images of `target`. Throws Error if fewer than `least` images count.
PseudoLabels pseudo_labels(const DatasetPtr& target, const Replies& replies, double confidence, int64_t least);

}  // namespace lithe
