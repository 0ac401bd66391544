#pragma once
// The losses of adaptation between two heads (Li et al., CVPR 2021; discrepancy: Saito et al., CVPR 2018).

#include "trainers/loss.h"

namespace lithe {

/// A value and its gradient at the logits of both heads.
struct TwoHeadLoss {
  double value = 0;
  Tensor first, second;
};

/// Mean over images and classes of |softmax(p) - softmax(q)|. p, q: N K. At equal probabilities the slope is 0. Throws
/// Error if the shapes differ.
TwoHeadLoss discrepancy(const Tensor& p, const Tensor& q);

/// -mean over classes c of log(mean over images of softmax(z)_c + 1e-6): least where the batch has all classes alike.
/// z: N K.
Loss class_balance(const Tensor& z);

}  // namespace lithe
