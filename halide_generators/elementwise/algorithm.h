#pragma once
#include "Halide.h"

// `strict_float` keeps the compiler from assuming that there are no NaNs: a NaN fails every comparison and is returned.
namespace lithe {

using namespace Halide;

inline Expr at_least(Expr x, Expr lo) { return strict_float(select(x < lo, lo, x)); }
inline Expr at_most(Expr x, Expr hi) { return strict_float(select(x > hi, hi, x)); }
inline Expr relu(Expr x) { return at_least(x, 0.0f); }
inline Expr relu6(Expr x) { return at_most(at_least(x, 0.0f), 6.0f); }
inline Expr leaky_relu(Expr x, Expr slope) { return strict_float(select(x < 0.0f, slope * x, x)); }
inline Expr hard_sigmoid(Expr x) { return relu6(x + 3.0f) * (1.0f / 6); }
inline Expr hard_swish(Expr x) { return x * hard_sigmoid(x); }

/// The same polynomial for vectors and for the elements after the last whole vector: `exp` would call the C library
/// for those, and an element's bits would depend on its place in the batch.
inline Expr exponential(Expr x) {
  return strict_float(select(is_nan(x), x, Internal::halide_exp(at_most(at_least(x, -87.0f), 88.0f))));
}
inline Expr sigmoid(Expr x) { return 1.0f / (1.0f + exponential(-x)); }
inline Expr hyperbolic_tangent(Expr x) { return 1.0f - 2.0f / (1.0f + exponential(2.0f * x)); }

}  // namespace lithe
