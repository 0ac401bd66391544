#pragma once
#include "Halide.h"

// Comparisons are written so that a NaN takes the branch that returns it.
namespace lithe {

using namespace Halide;

inline Expr clamp_to(Expr x, Expr lo, Expr hi) { return select(x<lo, lo, x> hi, hi, x); }
inline Expr relu(Expr x) { return select(x < 0.0f, 0.0f, x); }
inline Expr relu6(Expr x) { return clamp_to(x, 0.0f, 6.0f); }
inline Expr leaky_relu(Expr x, Expr slope) { return select(x < 0.0f, slope * x, x); }
inline Expr hard_sigmoid(Expr x) { return relu6(x + 3.0f) * (1.0f / 6); }
inline Expr hard_swish(Expr x) { return x * hard_sigmoid(x); }

/// The same polynomial for vectors and for the elements after the last whole vector: `exp` would call the C library
/// for those, and an element's bits would depend on its place in the batch.
inline Expr exponential(Expr x) { return Internal::halide_exp(clamp_to(x, -87.0f, 88.0f)); }
inline Expr sigmoid(Expr x) { return 1.0f / (1.0f + exponential(-x)); }
inline Expr hyperbolic_tangent(Expr x) { return 1.0f - 2.0f / (1.0f + exponential(2.0f * x)); }

}  // namespace lithe
