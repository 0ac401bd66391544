#pragma once
// How fast a network trains, without data: what `lithe bench --training` measures.

#include <cstdint>
#include <vector>

#include "pipelines/graph/training_profile.h"
#include "pipelines/model/model.h"

namespace lithe {

/// Seconds of one training step. The loss counts as forward.
struct StepTime {
  double forward = 0, backward = 0, optimizer = 0;
  double all() const { return forward + backward + optimizer; }
};

struct TrainingSpeed {
  StepTime first;                   // makes the plan and opens kernels
  std::vector<StepTime> steps;      // the later ones, the shortest first
  int64_t peak_bytes = 0;           // of activations and gradients
  std::vector<KernelTime> kernels;  // if asked for; the most expensive first
};

/// Trains a classifier on one batch over and over, by cross entropy and SGD with momentum. `images`: N C H W; labels
/// are made up. Goes on until there are `steps` steps behind the first one and `seconds` have passed. With `profile`
/// every distinct kernel call is then made again by itself, on noise. Throws Error if the network does not take these
/// images, gives anything else than N K logits, or has an operator without gradient.
TrainingSpeed measure_training(const Model& model, const Tensor& images, int steps, double seconds, bool profile);

}  // namespace lithe
