#pragma once
// The learning rate over a run.

#include <cstdint>
#include <string>
#include <vector>

namespace lithe {

struct LearningRateOptions {
  double lr = 0.1;
  std::string schedule = "cosine";
  double warmup = 0;
  std::string milestones;
  double gamma = 0.1, power = 0.9, rise = 0.3;
  template <class Field>
  void visit(Field&& f) {
    f("lr", lr, "highest learning rate");
    f("schedule", schedule, "how the learning rate falls", "cosine|one-cycle|step|poly|constant");
    f("warmup", warmup, "epochs in which it rises from 0 to what the schedule says");
    f("milestones", milestones, "step: epochs, separated by commas, behind which it is lower by --gamma");
    f("gamma", gamma, "step: factor at each milestone");
    f("power", power, "poly: (1 - done share of the run)^X");
    f("rise", rise, "one-cycle: share of the run in which it rises");
  }
};

/// Learning rates by optimiser step, continuous in time: an epoch is `steps_per_epoch` steps.
///   cosine     lr (1 + cos(pi t)) / 2 with t the done share of the run (Loshchilov and Hutter, ICLR 2017)
///   one-cycle  half a cosine from lr / 25 up to lr, then one down to lr / 250,000 (Smith and Topin, 2019)
///   step       lr gamma^(milestones passed)
///   poly       lr (1 - t)^power
class LearningRate {
 public:
  /// Throws Error(kUsage) naming the option that is out of its range.
  LearningRate(const LearningRateOptions& options, int64_t epochs, int64_t steps_per_epoch);
  double at(int64_t step) const;

 private:
  double scheduled(double done, double epoch) const;

  LearningRateOptions options_;
  std::vector<double> milestones_;  // epochs
  double epochs_, steps_per_epoch_;
};

}  // namespace lithe
