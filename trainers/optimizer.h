#pragma once
// Optimisers: how parameters follow their gradients.

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/parameters.h"

namespace lithe {

struct OptimizerOptions {
  std::string optimizer = "sgd";
  double momentum = 0.9, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  bool nesterov = false;
  double weight_decay = 1e-4;
  std::vector<std::string> no_decay;
  std::map<std::string, std::string> lr_scale;
  template <class Field>
  void visit(Field&& f) {
    f("optimizer", optimizer, "sgd; adam (decay in the gradient); adamw (decay apart)", "sgd|adam|adamw");
    f("momentum", momentum, "sgd: share of the last step that is taken again");
    f("nesterov", nesterov, "sgd: look one step of momentum ahead");
    f("beta1", beta1, "adam: memory of the gradients");
    f("beta2", beta2, "adam: memory of their squares");
    f("eps", eps, "adam: added to the root of the squares");
    f("weight-decay", weight_decay, "pulls parameters to 0: X times the parameter is added to its gradient");
    f("no-decay", no_decay, "parameters without weight decay, like *.bias", "PATTERN");
    f("lr-scale", lr_scale, "factor of the learning rate of some parameters, like classifier.*=10", "PATTERN=X");
  }
};

/// Whether a parameter's name fits a pattern of the shell: "features.*", "*.bias".
bool fits(const std::string& name, const std::string& pattern);

/// The names of `graph`'s parameters that fit none of the patterns `frozen`. Throws Error(kUsage) for a pattern that
/// fits no name, or if nothing is left to train.
std::vector<std::string> trained_parameters(const Graph& graph, const std::vector<std::string>& frozen);

/// The Euclidean norm of all gradients together; not finite if one of them is not. The same bits for any number of
/// threads.
double norm_of(const Parameters& gradients);

/// Stochastic gradient descent with momentum (Sutskever et al., ICML 2013, as in PyTorch), Adam (Kingma and Ba, ICLR
/// 2015), AdamW (Loshchilov and Hutter, ICLR 2019). Elementwise, so the same bits for any number of threads.
class Optimizer {
 public:
  /// Moves the tensors of `parameters` named in `trained`, in place. Throws Error(kUsage) naming the option that is out
  /// of its range, or the pattern that fits no parameter.
  Optimizer(const OptimizerOptions& options, const Parameters& parameters, const std::vector<std::string>& trained);

  /// One step against `gradients` (one per trained parameter), each multiplied by `scale` first: 1, or less to clip.
  void step(const Parameters& gradients, double lr, double scale = 1);

  int64_t steps() const { return steps_; }
  /// What it remembers, by "momentum/NAME" and the like; views.
  const std::map<std::string, Tensor>& state() const { return state_; }
  /// Continues from there. Throws Error naming the tensor that is missing or has another shape.
  void restore(const std::map<std::string, Tensor>& state, int64_t steps);

 private:
  struct Follower {
    std::string name;
    Tensor parameter, first, second;  // memories of the gradient and of its square
    double lr_scale = 1, weight_decay = 0;
  };
  void descend(const Follower& follower, const float* gradient, double lr, double scale) const;

  OptimizerOptions options_;
  std::vector<Follower> followers_;
  std::map<std::string, Tensor> state_;
  int64_t steps_ = 0;
};

/// Exponential moving average of parameters and statistics: average += (1 - decay) (value - average). Early on decay is
/// (1 + steps) / (10 + steps), so that the start is soon forgotten.
class MovingAverage {
 public:
  MovingAverage(const Parameters& parameters, double decay);
  void update(const Parameters& parameters);
  const Parameters& values() const { return values_; }
  int64_t steps() const { return steps_; }
  void restore(const Parameters& values, int64_t steps);

 private:
  Parameters values_;
  double decay_;
  int64_t steps_ = 0;
};

}  // namespace lithe
