#pragma once

#include <memory>
#include <vector>

#include "cli/tune.h"
#include "pipelines/kernel_cache/tuner.h"

namespace lithe::cli {

/// What kernels are searched for: a model's forward pass, or its training step.
class TuneSubject {
 public:
  virtual ~TuneSubject() = default;
  /// What it computes of seeded images, the same every time. The first run binds the kernels that are there then.
  virtual std::vector<Tensor> run() = 0;
  /// The distinct kernel calls of the last run. The subject must outlive them and not run meanwhile.
  virtual std::vector<KernelUse> uses() const = 0;
};

/// `model` must outlive it.
std::unique_ptr<TuneSubject> tune_subject(const TuneOptions& o, const Model& model, Device device);

}  // namespace lithe::cli
