#pragma once
#include "Halide.h"

namespace lithe {

using namespace Halide;

/// y(c, m) = scale(c) x(c, m) + shift(c) over the pixels m of all images.
struct BatchNorm {
  Var c{"c"}, m{"m"};
  Func scale{"scale"}, shift{"shift"}, y{"y"};
  template <class X, class V>
  BatchNorm(const X& x, const V& gamma, const V& beta, const V& mean, const V& var, Expr eps) {
    scale(c) = gamma(c) / sqrt(var(c) + eps);
    shift(c) = beta(c) - mean(c) * scale(c);
    y(c, m) = scale(c) * x(c, m) + shift(c);
  }
};

}  // namespace lithe
