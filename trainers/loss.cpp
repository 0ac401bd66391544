#include "trainers/loss.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/threads.h"

namespace lithe {
namespace {

void check_same(const std::string& loss, const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape() || a.empty()) {
    throw Error(loss + ": expected two tensors of one shape, got " + to_string(a.shape()) + " and " +
                to_string(b.shape()));
  }
}

// log softmax(z / temperature), in doubles.
std::vector<double> log_softmax(const float* z, int64_t count, double temperature) {
  double most = z[0];
  for (int64_t k = 1; k < count; ++k) most = std::max<double>(most, z[k]);
  double sum = 0;
  std::vector<double> result(static_cast<size_t>(count));
  for (int64_t k = 0; k < count; ++k) {
    result[static_cast<size_t>(k)] = (z[k] - most) / temperature;
    sum += std::exp(result[static_cast<size_t>(k)]);
  }
  for (double& v : result) v -= std::log(sum);
  return result;
}

// Row by row: `row` writes the gradient of a row's loss and returns that loss. Rows are added in their order.
template <class Row>
Loss mean_of_rows(const Tensor& z, const Row& row) {
  const int64_t rows = z.dim(0), count = z.size() / std::max<int64_t>(rows, 1);
  Loss loss{0, Tensor(z.shape())};
  std::vector<double> values(static_cast<size_t>(rows));
  parallel_for(rows,
               [&](int64_t n) { values[static_cast<size_t>(n)] = row(n, count, loss.gradient.data() + n * count); });
  for (const double value : values) loss.value += value / static_cast<double>(rows);
  return loss;
}

}  // namespace

Tensor label_targets(const std::vector<int>& labels, int64_t classes, double smoothing) {
  const auto rows = static_cast<int64_t>(labels.size());
  Tensor targets = Tensor::filled({rows, classes}, static_cast<float>(smoothing / static_cast<double>(classes)));
  for (int64_t n = 0; n < rows; ++n) {
    const int label = labels[static_cast<size_t>(n)];
    if (label < 0 || label >= classes) {
      throw Error("label " + std::to_string(label) + " of image " + std::to_string(n) + ": expected 0 to " +
                  std::to_string(classes - 1) + "; does the network have the classes of the data?");
    }
    targets.at(n, label) += static_cast<float>(1 - smoothing);
  }
  return targets;
}

Loss cross_entropy(const Tensor& logits, const Tensor& targets) {
  check_same("cross_entropy", logits, targets);
  const Tensor z = logits.contiguous(), t = targets.contiguous();
  return mean_of_rows(z, [&](int64_t n, int64_t classes, float* gradient) {
    const float* target = t.data() + n * classes;
    const std::vector<double> log_p = log_softmax(z.data() + n * classes, classes, 1);
    double value = 0, total = 0;
    for (int64_t k = 0; k < classes; ++k) {
      if (target[k] != 0) value -= target[k] * log_p[static_cast<size_t>(k)];
      total += target[k];
    }
    for (int64_t k = 0; k < classes; ++k) {
      const double slope = total * std::exp(log_p[static_cast<size_t>(k)]) - target[k];
      gradient[k] = static_cast<float>(slope / static_cast<double>(z.dim(0)));
    }
    return value;
  });
}

Loss cross_entropy(const Tensor& logits, const std::vector<int>& labels, double smoothing) {
  return cross_entropy(logits, label_targets(labels, logits.dim(1), smoothing));
}

Loss distillation(const Tensor& student, const Tensor& teacher, double temperature) {
  check_same("distillation", student, teacher);
  if (!(temperature > 0))
    throw Error("distillation: the temperature must be positive, got " + std::to_string(temperature));
  const Tensor z = student.contiguous(), t = teacher.contiguous();
  return mean_of_rows(z, [&](int64_t n, int64_t classes, float* gradient) {
    const std::vector<double> log_p = log_softmax(z.data() + n * classes, classes, temperature);
    const std::vector<double> log_q = log_softmax(t.data() + n * classes, classes, temperature);
    double value = 0;
    for (int64_t k = 0; k < classes; ++k) {
      const double p = log_p[static_cast<size_t>(k)], q = log_q[static_cast<size_t>(k)];
      value += temperature * temperature * std::exp(q) * (q - p);
      gradient[k] = static_cast<float>(temperature * (std::exp(p) - std::exp(q)) / static_cast<double>(z.dim(0)));
    }
    return value;
  });
}

Loss mean_squared_error(const Tensor& y, const Tensor& target) {
  check_same("mean_squared_error", y, target);
  const Tensor a = y.contiguous(), b = target.contiguous();
  return mean_of_rows(a, [&](int64_t n, int64_t count, float* gradient) {
    double value = 0;
    for (int64_t i = 0; i < count; ++i) {
      const double apart = static_cast<double>(a.data()[n * count + i]) - b.data()[n * count + i];
      value += apart * apart / static_cast<double>(count);
      gradient[i] = static_cast<float>(2 * apart / static_cast<double>(a.size()));
    }
    return value;
  });
}

Loss weighted_sum(double a, const Loss& first, double b, const Loss& second) {
  check_same("weighted_sum", first.gradient, second.gradient);
  Loss sum{a * first.value + b * second.value, Tensor(first.gradient.shape())};
  for (int64_t i = 0; i < sum.gradient.size(); ++i) {
    sum.gradient.data()[i] = static_cast<float>(a * first.gradient.data()[i] + b * second.gradient.data()[i]);
  }
  return sum;
}

}  // namespace lithe
