#include "trainers/evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

constexpr int kBins = 15, kResamples = 1000;

Prediction prediction(const float* logits, int64_t classes, int label) {
  Prediction p;
  p.label = label;
  p.top = static_cast<int>(std::max_element(logits, logits + classes) - logits);
  const bool nan = std::any_of(logits, logits + classes, [](float v) { return std::isnan(v); });
  if (nan || !std::isfinite(logits[p.top])) {
    p.top = label == 0 && classes > 1 ? 1 : 0;
    p.loss = std::numeric_limits<double>::infinity();
    return p;
  }
  double sum = 0;
  int before = 0;  // classes that rank before the label
  for (int64_t k = 0; k < classes; ++k) {
    sum += std::exp(static_cast<double>(logits[k]) - logits[p.top]);
    if (logits[k] > logits[label] || (logits[k] == logits[label] && k < label)) ++before;
  }
  p.in_top5 = before < 5;
  p.confidence = 1 / sum;
  p.loss = std::log(sum) + logits[p.top] - logits[label];
  return p;
}

// What a set of predictions sums to.
struct Sums {
  int64_t samples = 0, top1 = 0, top5 = 0;
  double loss = 0;
  std::array<CalibrationBin, kBins> bins;

  void add(const Prediction& p) {
    ++samples, top1 += p.top == p.label, top5 += p.in_top5, loss += p.loss;
    CalibrationBin& bin = bins[static_cast<size_t>(std::min(kBins - 1, static_cast<int>(p.confidence * kBins)))];
    ++bin.samples, bin.confidence += p.confidence, bin.correct += p.top == p.label;
  }
  // top1, top5, loss, calibration error
  std::array<double, 4> means() const {
    double distance = 0;
    for (const CalibrationBin& bin : bins) distance += std::abs(bin.confidence - static_cast<double>(bin.correct));
    const auto n = static_cast<double>(samples);
    return {static_cast<double>(top1) / n, static_cast<double>(top5) / n, loss / n, distance / n};
  }
};

Estimate estimate(double value, std::vector<double>& resampled) {
  std::sort(resampled.begin(), resampled.end());
  const size_t tail = resampled.size() / 40;  // 2.5 %
  return {value, resampled[tail], resampled[resampled.size() - 1 - tail]};
}

}  // namespace

std::vector<Prediction> predictions(const Tensor& logits, const std::vector<int>& labels) {
  LITHE_CHECK(logits.rank() == 2 && logits.dim(0) == static_cast<int64_t>(labels.size()));
  const Tensor rows = logits.contiguous();
  const int64_t classes = rows.dim(1);
  std::vector<Prediction> all;
  for (size_t i = 0; i < labels.size(); ++i) {
    LITHE_CHECK(labels[i] >= 0 && labels[i] < classes);
    all.push_back(prediction(rows.data() + static_cast<int64_t>(i) * classes, classes, labels[i]));
  }
  return all;
}

Evaluation evaluate(const std::vector<Prediction>& predictions, int64_t classes, uint64_t seed) {
  if (predictions.empty()) throw Error("nothing to evaluate: there is no image");
  Evaluation e;
  e.samples = static_cast<int64_t>(predictions.size());
  e.classes.resize(static_cast<size_t>(classes));
  e.confusion.resize(static_cast<size_t>(classes * classes));
  Sums sums;
  for (const Prediction& p : predictions) {
    sums.add(p);
    ++e.classes.at(static_cast<size_t>(p.label)).samples;
    ++e.classes.at(static_cast<size_t>(p.top)).predicted;
    if (p.top == p.label) ++e.classes[static_cast<size_t>(p.label)].correct;
    ++e.confusion[static_cast<size_t>(p.label * classes + p.top)];
  }

  e.calibration.assign(sums.bins.begin(), sums.bins.end());

  std::array<std::vector<double>, 4> resampled;
  for (auto& values : resampled) values.resize(kResamples);
  parallel_for(kResamples, [&](int64_t r) {
    const RandomStream random(seed, "bootstrap " + std::to_string(r));
    Sums drawn;
    for (uint64_t i = 0; i < predictions.size(); ++i) drawn.add(predictions[random.bits(i) % predictions.size()]);
    const std::array<double, 4> means = drawn.means();
    for (size_t k = 0; k < means.size(); ++k) resampled[k][static_cast<size_t>(r)] = means[k];
  });
  const std::array<double, 4> means = sums.means();
  e.top1 = estimate(means[0], resampled[0]);
  e.top5 = estimate(means[1], resampled[1]);
  e.loss = estimate(means[2], resampled[2]);
  e.calibration_error = estimate(means[3], resampled[3]);
  return e;
}

std::vector<int64_t> worst(const std::vector<Prediction>& predictions, int64_t count) {
  std::vector<int64_t> order(predictions.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return predictions[static_cast<size_t>(a)].loss > predictions[static_cast<size_t>(b)].loss;
  });
  order.resize(std::min(order.size(), static_cast<size_t>(count)));
  return order;
}

}  // namespace lithe
