#include "trainers/drt_loss.h"

#include <algorithm>
#include <cmath>

namespace lithe {
namespace {

// Row by row, in doubles.
std::vector<double> softmax(const Tensor& z) {
  const int64_t rows = z.dim(0), classes = z.dim(1);
  std::vector<double> p(static_cast<size_t>(z.size()));
  for (int64_t n = 0; n < rows; ++n) {
    const float* row = z.data() + n * classes;
    double* to = p.data() + n * classes;
    const double most = *std::max_element(row, row + classes);
    double sum = 0;
    for (int64_t k = 0; k < classes; ++k) sum += to[k] = std::exp(row[k] - most);
    for (int64_t k = 0; k < classes; ++k) to[k] /= sum;
  }
  return p;
}

// From the gradient at the probabilities to that at the logits: p_k (g_k - sum_j p_j g_j).
Tensor through_softmax(const std::vector<double>& p, const std::vector<double>& g, const Shape& shape) {
  Tensor dz(shape);
  const int64_t classes = shape[1];
  for (int64_t n = 0; n < shape[0]; ++n) {
    double dot = 0;
    for (int64_t i = n * classes; i < (n + 1) * classes; ++i) {
      dot += p[static_cast<size_t>(i)] * g[static_cast<size_t>(i)];
    }
    for (int64_t i = n * classes; i < (n + 1) * classes; ++i) {
      dz.data()[i] = static_cast<float>(p[static_cast<size_t>(i)] * (g[static_cast<size_t>(i)] - dot));
    }
  }
  return dz;
}

}  // namespace

TwoHeadLoss discrepancy(const Tensor& p, const Tensor& q) {
  if (p.shape() != q.shape() || p.rank() != 2) {
    throw Error("discrepancy: expected two tensors N K, got " + to_string(p.shape()) + " and " + to_string(q.shape()));
  }
  const std::vector<double> first = softmax(p.contiguous()), second = softmax(q.contiguous());
  const auto count = static_cast<double>(first.size());
  std::vector<double> up(first.size()), down(first.size());
  double sum = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    const double apart = first[i] - second[i];
    sum += std::abs(apart);
    up[i] = (apart > 0 ? 1 : apart < 0 ? -1 : 0) / count;
    down[i] = -up[i];
  }
  return {sum / count, through_softmax(first, up, p.shape()), through_softmax(second, down, q.shape())};
}

Loss class_balance(const Tensor& z) {
  constexpr double kEps = 1e-6;
  LITHE_CHECK(z.rank() == 2);
  const auto rows = static_cast<double>(z.dim(0)), classes = static_cast<double>(z.dim(1));
  const std::vector<double> p = softmax(z.contiguous());
  const auto width = static_cast<size_t>(z.dim(1));
  std::vector<double> mean(width), slopes(p.size());
  for (size_t i = 0; i < p.size(); ++i) mean[i % width] += p[i] / rows;
  double value = 0;
  for (const double m : mean) value -= std::log(m + kEps) / classes;
  for (size_t i = 0; i < p.size(); ++i) slopes[i] = -1 / ((mean[i % width] + kEps) * classes * rows);
  return {value, through_softmax(p, slopes, z.shape())};
}

}  // namespace lithe
