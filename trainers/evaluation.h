#pragma once
// How good a classifier is, and how sure one can be of that.

#include <cstdint>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

/// What a classifier said about one labelled image.
struct Prediction {
  int label = 0, top = 0;  // the class it has, the class it was given
  bool in_top5 = false;    // the label is among the five largest logits
  double confidence = 0;   // softmax probability of `top`
  double loss = 0;         // -log of the softmax probability of `label`
};

/// One prediction per row of `logits`, N K. Of equal logits the lower class wins; rows that hold a NaN or
/// whose largest logit is infinite are wrong with confidence 0 and infinite loss.
std::vector<Prediction> predictions(const Tensor& logits, const std::vector<int>& labels);

/// A mean and its 95 % interval: percentiles of 1,000 bootstrap samples (Efron, 1979).
struct Estimate {
  double value = 0, low = 0, high = 0;
};

struct ClassCounts {
  int64_t samples = 0, predicted = 0, correct = 0;
  double recall() const { return samples > 0 ? static_cast<double>(correct) / static_cast<double>(samples) : 0; }
  double precision() const { return predicted > 0 ? static_cast<double>(correct) / static_cast<double>(predicted) : 0; }
  /// Harmonic mean of the two.
  double f1() const {
    return correct > 0 ? 2 * static_cast<double>(correct) / static_cast<double>(samples + predicted) : 0;
  }
};

/// The images whose confidence lies in one of the bins.
struct CalibrationBin {
  int64_t samples = 0, correct = 0;
  double confidence = 0;  // sum
};

struct Evaluation {
  int64_t samples = 0;
  Estimate top1, top5, loss;  // shares of all images; mean cross entropy
  /// Expected calibration error in 15 bins of equal width: the mean distance of confidence and accuracy (Guo et al.,
  /// ICML 2017), in [0, 1].
  Estimate calibration_error;
  std::vector<CalibrationBin> calibration;  // its bins, the lowest confidence first
  std::vector<ClassCounts> classes;
  std::vector<int64_t> confusion;  // K x K, row: label, column: prediction
};

/// The same bits for any number of threads. Throws Error if there is no prediction.
Evaluation evaluate(const std::vector<Prediction>& predictions, int64_t classes, uint64_t seed = 1);

/// Indices of the `count` predictions with the largest loss, the worst first.
std::vector<int64_t> worst(const std::vector<Prediction>& predictions, int64_t count);

}  // namespace lithe
