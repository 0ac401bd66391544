#include "trainers/drt_scores.h"

#include <algorithm>
#include <cmath>

#include "datasets/loader.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

// Of the softmax over one row, in doubles.
std::vector<double> softmax(const float* row, int64_t count) {
  std::vector<double> p(static_cast<size_t>(count));
  const double most = *std::max_element(row, row + count);
  double sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += p[static_cast<size_t>(k)] = std::exp(row[k] - most);
  for (double& v : p) v /= sum;
  return p;
}

double entropy(const std::vector<double>& p) {
  double sum = 0;
  for (const double v : p) sum -= v > 0 ? v * std::log(v) : 0;
  return sum;
}

int argmax(const float* row, int64_t count) { return static_cast<int>(std::max_element(row, row + count) - row); }

DatasetPtr evenly(const DatasetPtr& set, int64_t at_most) {
  if (at_most == 0 || set->size() <= at_most) return set;
  std::vector<int64_t> samples;
  for (int64_t k = 0; k < at_most; ++k) samples.push_back(k * set->size() / at_most);
  return subset(set, std::move(samples));
}

// Mean entropy of the neighbours of every row, itself left out.
double neighbourhood_density(const std::vector<std::vector<double>>& rows) {
  constexpr double kTemperature = 0.05;
  const auto count = static_cast<int64_t>(rows.size());
  std::vector<double> entropies(rows.size());
  parallel_for(count, [&](int64_t i) {
    std::vector<float> near;
    for (int64_t j = 0; j < count; ++j) {
      if (i == j) continue;
      double dot = 0;
      const auto &a = rows[static_cast<size_t>(i)], &b = rows[static_cast<size_t>(j)];
      for (size_t k = 0; k < a.size(); ++k) dot += a[k] * b[k];
      near.push_back(static_cast<float>(dot / kTemperature));
    }
    entropies[static_cast<size_t>(i)] = near.empty() ? 0 : entropy(softmax(near.data(), count - 1));
  });
  double sum = 0;
  for (const double e : entropies) sum += e;
  return sum / static_cast<double>(count);
}

}  // namespace

Replies replies_to(const TwoHeadedParts& parts, const Parameters& parameters, const DatasetPtr& set,
                   const Preprocessing& preprocessing, int64_t batch, int64_t at_most) {
  const DatasetPtr some = evenly(set, at_most);
  const Session trunk(parts.trunk, parameters), heads(parts.heads, parameters);
  LoaderOptions options;
  options.batch = batch;
  Loader loader(some, preprocessing, {}, options);
  Replies all;
  for (const LabelledBatch& images : loader.epoch(0)) {
    const Tensor features = trunk.run({images.images})[0];
    const std::vector<Tensor> both = heads.run({features});
    const int64_t width = features.size() / features.dim(0), classes = both[0].dim(1);
    if (all.features.empty()) {
      all.features = Tensor({some->size(), width}), all.logits = Tensor({some->size(), classes});
    }
    const auto first = static_cast<int64_t>(all.top.size());
    copy(features.reshaped({features.dim(0), width}), all.features.images(first, features.dim(0)));
    for (int64_t n = 0; n < features.dim(0); ++n) {
      const float *p = both[0].data() + n * classes, *q = both[1].data() + n * classes;
      const int of_p = argmax(p, classes), of_q = argmax(q, classes);
      const bool q_speaks = q[of_q] > p[of_p];
      const float* const speaks = q_speaks ? q : p;
      std::copy(speaks, speaks + classes, all.logits.data() + (first + n) * classes);
      all.top.push_back(q_speaks ? of_q : of_p);
      all.confidence.push_back(softmax(speaks, classes)[static_cast<size_t>(all.top.back())]);
      all.apart += of_p != of_q;
    }
    all.labels.insert(all.labels.end(), images.labels.begin(), images.labels.end());
  }
  return all;
}

LabelFreeScores label_free_scores(const Tensor& logits) {
  const int64_t rows = logits.dim(0), classes = logits.dim(1);
  std::vector<std::vector<double>> directions;
  std::vector<double> mean(static_cast<size_t>(classes));
  double uncertainty = 0;
  for (int64_t n = 0; n < rows; ++n) {
    std::vector<double> p = softmax(logits.data() + n * classes, classes);
    uncertainty += entropy(p) / static_cast<double>(rows);
    double length = 0;
    for (size_t k = 0; k < p.size(); ++k) mean[k] += p[k] / static_cast<double>(rows), length += p[k] * p[k];
    for (double& v : p) v /= std::sqrt(length);
    directions.push_back(std::move(p));
  }
  return {-uncertainty, entropy(mean) - uncertainty, neighbourhood_density(directions)};
}

double top1_of(const Replies& replies) {
  int64_t correct = 0;
  for (size_t i = 0; i < replies.top.size(); ++i) correct += replies.top[i] == replies.labels[i];
  return static_cast<double>(correct) / static_cast<double>(replies.top.size());
}

std::vector<double> shares_of(const Replies& replies, int64_t classes) {
  std::vector<double> shares(static_cast<size_t>(classes));
  for (const int top : replies.top) shares[static_cast<size_t>(top)] += 1.0 / static_cast<double>(replies.top.size());
  return shares;
}

double effective_classes(const std::vector<double>& shares) { return std::exp(entropy(shares)); }

double feature_discrepancy(const Tensor& a, const Tensor& b) {
  constexpr double kLeastVariance = 1e-8;  // of features that are constant in both
  const auto moments = [](const Tensor& t, int64_t d) {
    double sum = 0, squares = 0;
    for (int64_t n = 0; n < t.dim(0); ++n) sum += t.at(n, d), squares += static_cast<double>(t.at(n, d)) * t.at(n, d);
    const double mean = sum / static_cast<double>(t.dim(0));
    return std::pair{mean, std::max(squares / static_cast<double>(t.dim(0)) - mean * mean, 0.0)};
  };
  double total = 0;
  for (int64_t d = 0; d < a.dim(1); ++d) {
    const auto [mean_a, variance_a] = moments(a, d);
    const auto [mean_b, variance_b] = moments(b, d);
    total += (mean_a - mean_b) * (mean_a - mean_b) / ((variance_a + variance_b) / 2 + kLeastVariance);
  }
  return total / static_cast<double>(a.dim(1));
}

}  // namespace lithe
