#pragma once
// Losses: functions of a network's outputs that give a value and the gradient at those outputs. A trainer adds up as
// many as it likes.

#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

struct Loss {
  double value = 0;  // the mean over the batch
  Tensor gradient;   // of the value, in the shape of what it was computed from
};

/// Distributions over K classes, N K: 1 - smoothing at the label, and smoothing / K more for every class (Szegedy et
/// al., CVPR 2016, as in PyTorch). Throws Error naming the label that is no class.
Tensor label_targets(const std::vector<int>& labels, int64_t classes, double smoothing = 0);

/// -sum_k t_k log softmax(z)_k, mean over the rows of `logits`, N K. `targets`: N K, each row a distribution: of
/// labels, of two mixed images, of a teacher. Throws Error if the shapes differ.
Loss cross_entropy(const Tensor& logits, const Tensor& targets);
Loss cross_entropy(const Tensor& logits, const std::vector<int>& labels, double smoothing = 0);

/// What a student lacks of its teacher: T^2 KL(softmax(teacher / T) || softmax(student / T)), mean over the rows
/// (Hinton et al., 2015). Throws Error if the shapes differ or T is not positive.
Loss distillation(const Tensor& student, const Tensor& teacher, double temperature);

/// Mean of (y - t)^2 over all elements. Throws Error if the shapes differ.
Loss mean_squared_error(const Tensor& y, const Tensor& target);

/// a * first + b * second, of the same outputs.
Loss weighted_sum(double a, const Loss& first, double b, const Loss& second);

}  // namespace lithe
