#include "trainers/optimizer.h"

#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pipelines/core/threads.h"

namespace lithe {
namespace {

void check_some_fit(const std::string& option, const std::string& pattern, const std::vector<std::string>& names) {
  const bool some = std::any_of(names.begin(), names.end(), [&](const auto& name) { return fits(name, pattern); });
  check_usage(some, option + ": no parameter fits \"" + pattern + "\"; `lithe inspect` names them");
}

double factor_of(const std::string& pattern, const std::string& text) {
  size_t end = 0;
  double factor = -1;
  try {
    factor = std::stod(text, &end);
  } catch (const std::exception&) {
  }
  check_usage(end == text.size() && std::isfinite(factor) && factor >= 0,
              "--lr-scale " + pattern + ": expected a factor of 0 or more, got \"" + text + "\"");
  return factor;
}

void copy_into(const std::map<std::string, Tensor>& from, const std::string& name, const Tensor& to) {
  const auto it = from.find(name);
  if (it == from.end()) throw Error("the checkpoint has no \"" + name + "\"");
  if (it->second.shape() != to.shape()) {
    throw Error("the checkpoint's \"" + name + "\" is " + to_string(it->second.shape()) + ", expected " +
                to_string(to.shape()));
  }
  copy(it->second, to);
}

// Of a part. Several sums side by side do not wait for each other.
double sum_of_squares(const float* x, int64_t count) {
  constexpr int64_t kSums = 8;
  double sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (int64_t k = 0; k < kSums; ++k) sums[k] += static_cast<double>(x[i + k]) * x[i + k];
  }
  for (; i < count; ++i) sums[0] += static_cast<double>(x[i]) * x[i];
  return std::accumulate(sums, sums + kSums, 0.0);
}

// The length of a part is fixed, so that threads do not matter.
double sum_of_squares(const Tensor& t) {
  constexpr int64_t kPart = 1 << 14;
  const int64_t size = t.size();
  std::vector<double> parts(static_cast<size_t>((size + kPart - 1) / kPart));
  parallel_for(static_cast<int64_t>(parts.size()), [&](int64_t p) {
    parts[static_cast<size_t>(p)] = sum_of_squares(t.data() + p * kPart, std::min(kPart, size - p * kPart));
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

bool fits(const std::string& name, const std::string& pattern) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

std::vector<std::string> trained_parameters(const Graph& graph, const std::vector<std::string>& frozen) {
  std::vector<std::string> names, trained;
  for (const ValueId id : graph.state()) {
    if (graph.value(id).kind == ValueKind::kParameter) names.push_back(graph.value(id).name);
  }
  for (const std::string& pattern : frozen) check_some_fit("--freeze", pattern, names);
  for (const std::string& name : names) {
    const bool freeze = std::any_of(frozen.begin(), frozen.end(), [&](const auto& p) { return fits(name, p); });
    if (!freeze) trained.push_back(name);
  }
  check_usage(!trained.empty(), "--freeze: nothing is left to train");
  return trained;
}

double norm_of(const Parameters& gradients) {
  double sum = 0;
  for (const auto& [name, gradient] : gradients) sum += sum_of_squares(gradient);
  return std::sqrt(sum);
}

Optimizer::Optimizer(const OptimizerOptions& options, const Parameters& parameters,
                     const std::vector<std::string>& trained)
    : options_(options) {
  const bool sgd = options.optimizer == "sgd";
  check_usage(sgd || options.optimizer == "adam" || options.optimizer == "adamw",
              "--optimizer: unknown \"" + options.optimizer + "\"");
  check_usage(options.momentum >= 0 && options.momentum < 1, "--momentum: expected a number in [0, 1)");
  check_usage(!options.nesterov || options.momentum > 0, "--nesterov: needs --momentum above 0");
  check_usage(options.beta1 >= 0 && options.beta1 < 1, "--beta1: expected a number in [0, 1)");
  check_usage(options.beta2 >= 0 && options.beta2 < 1, "--beta2: expected a number in [0, 1)");
  check_usage(options.eps > 0, "--eps: expected a number above 0");
  check_usage(options.weight_decay >= 0, "--weight-decay: expected 0 or more");
  for (const std::string& pattern : options.no_decay) check_some_fit("--no-decay", pattern, trained);
  for (const auto& [pattern, factor] : options.lr_scale) check_some_fit("--lr-scale", pattern, trained);
  for (const std::string& name : trained) {
    Follower follower{name, parameters.at(name), {}, {}, 1, options.weight_decay};
    LITHE_CHECK(follower.parameter.row_major());
    for (const std::string& pattern : options.no_decay) {
      if (fits(name, pattern)) follower.weight_decay = 0;
    }
    for (const auto& [pattern, factor] : options.lr_scale) {
      if (fits(name, pattern)) follower.lr_scale = factor_of(pattern, factor);
    }
    const auto remember = [&](const std::string& what) {
      return state_[what + "/" + name] = Tensor::filled(follower.parameter.shape(), 0.0f);
    };
    if (!sgd || options.momentum > 0) follower.first = remember(sgd ? "momentum" : "mean");
    if (!sgd) follower.second = remember("square");
    followers_.push_back(std::move(follower));
  }
}

void Optimizer::step(const Parameters& gradients, double lr, double scale) {
  ++steps_;
  parallel_for(static_cast<int64_t>(followers_.size()), [&](int64_t i) {
    const Follower& follower = followers_[static_cast<size_t>(i)];
    const Tensor& gradient = gradients.at(follower.name);
    LITHE_CHECK(gradient.shape() == follower.parameter.shape() && gradient.row_major());
    descend(follower, gradient.data(), lr * follower.lr_scale, scale);
  });
}

void Optimizer::descend(const Follower& follower, const float* gradient, double lr, double scale) const {
  float* const p = follower.parameter.data();
  float* const first = follower.first.empty() ? nullptr : follower.first.data();
  const int64_t size = follower.parameter.size();
  const auto rate = static_cast<float>(lr), by = static_cast<float>(scale),
             decay = static_cast<float>(follower.weight_decay);
  if (options_.optimizer == "sgd") {
    const auto momentum = static_cast<float>(options_.momentum);
    for (int64_t i = 0; i < size; ++i) {
      const float g = gradient[i] * by + decay * p[i];
      const float v = first == nullptr ? g : first[i] = momentum * first[i] + g;
      p[i] -= rate * (options_.nesterov ? g + momentum * v : v);
    }
    return;
  }
  const bool apart = options_.optimizer == "adamw";
  float* const second = follower.second.data();
  const auto beta1 = static_cast<float>(options_.beta1), beta2 = static_cast<float>(options_.beta2),
             rest1 = static_cast<float>(1 - options_.beta1), rest2 = static_cast<float>(1 - options_.beta2),
             eps = static_cast<float>(options_.eps);
  const auto n = static_cast<double>(steps_);
  const auto step = static_cast<float>(lr / (1 - std::pow(options_.beta1, n)));
  const auto root = static_cast<float>(1 / std::sqrt(1 - std::pow(options_.beta2, n)));
  for (int64_t i = 0; i < size; ++i) {
    const float g = gradient[i] * by + (apart ? 0.0f : decay * p[i]);
    if (apart) p[i] -= rate * decay * p[i];
    first[i] = beta1 * first[i] + rest1 * g;
    second[i] = beta2 * second[i] + rest2 * g * g;
    p[i] -= step * first[i] / (std::sqrt(second[i]) * root + eps);
  }
}

void Optimizer::restore(const std::map<std::string, Tensor>& state, int64_t steps) {
  for (const auto& [name, tensor] : state_) copy_into(state, name, tensor);
  steps_ = steps;
}

MovingAverage::MovingAverage(const Parameters& parameters, double decay) : decay_(decay) {
  check_usage(decay > 0 && decay < 1, "--ema: expected a number in (0, 1)");
  for (const auto& [name, tensor] : parameters) values_[name] = tensor.clone();
}

void MovingAverage::update(const Parameters& parameters) {
  const auto n = static_cast<double>(++steps_);
  const auto share = static_cast<float>(1 - std::min(decay_, (1 + n) / (10 + n)));
  std::vector<std::pair<float*, const Tensor*>> pairs;
  for (const auto& [name, average] : values_) pairs.emplace_back(average.data(), &parameters.at(name));
  parallel_for(static_cast<int64_t>(pairs.size()), [&](int64_t k) {
    const auto& [average, value] = pairs[static_cast<size_t>(k)];
    for (int64_t i = 0; i < value->size(); ++i) average[i] += share * (value->data()[i] - average[i]);
  });
}

void MovingAverage::restore(const Parameters& values, int64_t steps) {
  for (const auto& [name, tensor] : values_) copy_into(values, name, tensor);
  steps_ = steps;
}

}  // namespace lithe
