#include "trainers/learning_rate.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

constexpr double kPi = 3.14159265358979323846;

// From `from` at share 0 to `to` at share 1.
double half_cosine(double from, double to, double share) { return to + (from - to) * (1 + std::cos(kPi * share)) / 2; }

std::vector<double> read_milestones(const std::string& text) {
  std::vector<double> milestones;
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    std::istringstream number(word);
    double epoch = 0;
    if (!(number >> epoch) || !number.eof() || !(epoch > 0)) {
      throw Error(ErrorKind::kUsage, "--milestones: expected epochs like 30,60, got \"" + text + "\"");
    }
    milestones.push_back(epoch);
  }
  std::sort(milestones.begin(), milestones.end());
  return milestones;
}

}  // namespace

LearningRate::LearningRate(const LearningRateOptions& options, int64_t epochs, int64_t steps_per_epoch)
    : options_(options),
      milestones_(read_milestones(options.milestones)),
      epochs_(static_cast<double>(epochs)),
      steps_per_epoch_(static_cast<double>(steps_per_epoch)) {
  LITHE_CHECK(epochs > 0 && steps_per_epoch > 0);
  const std::string& schedule = options_.schedule;
  check_usage(std::isfinite(options_.lr) && options_.lr > 0, "--lr: expected a number above 0");
  check_usage(options_.warmup >= 0 && options_.warmup < epochs_,
              "--warmup: expected 0 or more epochs, fewer than --epochs");
  check_usage((schedule == "step") == !milestones_.empty(), "--milestones: needed for, and only for, --schedule step");
  check_usage(options_.gamma > 0 && options_.gamma <= 1, "--gamma: expected a number in (0, 1]");
  check_usage(options_.power > 0, "--power: expected a number above 0");
  check_usage(options_.rise > 0 && options_.rise < 1, "--rise: expected a number in (0, 1)");
  check_usage(schedule == "cosine" || schedule == "one-cycle" || schedule == "step" || schedule == "poly" ||
                  schedule == "constant",
              "--schedule: unknown \"" + schedule + "\"");
}

double LearningRate::at(int64_t step) const {
  const double epoch = static_cast<double>(step) / steps_per_epoch_;
  const double rate = scheduled(std::min(epoch / epochs_, 1.0), epoch);
  if (epoch >= options_.warmup) return rate;
  return rate * static_cast<double>(step + 1) / (options_.warmup * steps_per_epoch_ + 1);
}

double LearningRate::scheduled(double done, double epoch) const {
  const double lr = options_.lr, rise = options_.rise;
  const std::string& schedule = options_.schedule;
  if (schedule == "cosine") return half_cosine(lr, 0, done);
  if (schedule == "one-cycle") {
    const double low = lr / 25;
    return done < rise ? half_cosine(low, lr, done / rise) : half_cosine(lr, low / 1e4, (done - rise) / (1 - rise));
  }
  if (schedule == "step") {
    const auto passed = std::upper_bound(milestones_.begin(), milestones_.end(), epoch) - milestones_.begin();
    return lr * std::pow(options_.gamma, passed);
  }
  if (schedule == "poly") return lr * std::pow(1 - done, options_.power);
  return lr;
}

}  // namespace lithe
