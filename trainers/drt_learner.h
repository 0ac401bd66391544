#pragma once

#include <optional>

#include "datasets/loader.h"
#include "pipelines/graph/trainable.h"
#include "trainers/checkpoint.h"
#include "trainers/drt.h"
#include "trainers/drt_parts.h"
#include "trainers/loss.h"

namespace lithe {

/// What a step cost: means over the batch. `transfer` is everything but the labels of the sources, weighted.
struct DrtLosses {
  double source = 0, transfer = 0;
  double total() const { return source + transfer; }
};

/// A network with two heads that learns from labelled images of the sources and images of the target.
class DrtLearner {
 public:
  /// Takes `parameters` over: nobody else may hold them. `discriminator` of method dann starts from the seed.
  DrtLearner(const DrtOptions& options, const Graph& graph, Parameters parameters);

  /// One step by the method (docs/adaptation.md). `lr`: of the heads; `done`: share of the stage in [0, 1). Throws
  /// Error(kDiverged) if a loss or gradient is not finite.
  DrtLosses adapt(const LabelledBatch& source, const Tensor& target, double lr, double done);
  /// One step on the sources and on images of the target with targets that the model chose.
  DrtLosses self_train(const LabelledBatch& source, const LabelledBatch& target, double lr);

  const Parameters& parameters() const { return parameters_; }
  /// The most memory of activations and gradients since the last call.
  int64_t take_peak_bytes();

  void save(Checkpoint* checkpoint) const;
  void restore(const Checkpoint& checkpoint);

 private:
  DrtLosses drt(const LabelledBatch& source, const Tensor& target, double done, Gradients* gradients);
  DrtLosses dann(const LabelledBatch& source, const Tensor& target, double done, Gradients* gradients);
  DrtLosses mcd(const LabelledBatch& source, const Tensor& target, double lr);
  DrtLosses labels_only(const Tensor& images, const Tensor& targets, Gradients* gradients);
  void step(const Gradients& gradients, double lr, const DrtLosses& losses, bool trunk = true, bool heads = true);
  PassOptions pass_options(bool input_gradients, bool parameter_gradients = true);
  Pass through_heads(const Tensor& features, bool parameter_gradients = true);

  const DrtOptions& options_;
  TwoHeadedParts parts_;
  Parameters parameters_, discriminator_parameters_;
  Trainable trunk_, heads_;
  std::optional<Trainable> discriminator_;
  Optimizer trunk_optimizer_, heads_optimizer_;
  std::optional<Optimizer> discriminator_optimizer_;
  uint64_t pass_ = 0;  // of this step, so that every pass drops other features
};

}  // namespace lithe
