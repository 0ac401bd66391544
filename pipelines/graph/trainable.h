#pragma once
// A network in training: forward passes that may be gone back through.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "pipelines/graph/pass.h"

namespace lithe {

class KernelCall;

enum class Mode { kEval, kTrain };

struct PassOptions {
  Mode mode = Mode::kTrain;       // kTrain: BatchNorm by the statistics of the batch, dropout
  bool update_statistics = true;  // in kTrain: running statistics move towards those of the batch, in call order
  bool parameter_gradients = true;
  std::set<std::string> frozen;  // parameters that get no gradient all the same
  bool input_gradients = false;
  uint64_t seed = 0;  // of dropout: one per step
};

/// Gradients of parameters by their names, row-major, in the shapes of the parameters.
using Gradients = std::map<std::string, Tensor>;

class Trainable {
 public:
  /// The graph as written; what rewrites make has no gradients.
  explicit Trainable(Graph graph);
  ~Trainable();

  const Graph& graph() const;

  /// Inputs as for Session::run. Statistics that move are replaced in `parameters`, not overwritten. The pass reads the
  /// other parameters where they are: they may change only when it has been gone back through. The Trainable must
  /// outlive the pass. Throws Error naming the input or parameter that does not fit.
  Pass forward(Parameters& parameters, const std::vector<Tensor>& inputs, const PassOptions& options = {});

  /// Goes back through a pass. `output_gradients`: one per output of the graph, in its shape; an empty one is zero.
  /// Adds to `gradients` (nullptr: nobody asks) what the options of the pass want of parameters, and returns the
  /// gradients of the graph's inputs, empty ones without `input_gradients`. Activations are freed on the way unless the
  /// caller keeps a copy of the pass, through which it may go again. Bits do not depend on the number of threads.
  std::vector<Tensor> backward(Pass pass, const std::vector<Tensor>& output_gradients, Gradients* gradients);

  /// Visits the kernel calls of the latest forward pass and of the way back through it, but for those that draw random
  /// numbers. They stay valid until the next pass.
  void each_call(const std::function<void(const KernelCall&)>& visit) const;

  /// The most memory that activations, gradients and kernels' temporaries of this process took at a time, in bytes,
  /// since the last call of `reset_peak`.
  int64_t peak_bytes() const;
  void reset_peak();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lithe
