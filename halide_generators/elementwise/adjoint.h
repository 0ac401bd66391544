#pragma once
#include "halide_generators/elementwise/algorithm.h"

// The gradient dx of an element from dy and from x or y, whichever makes it possible to free the other. At the corners
// of a function its slope is that of PyTorch, from which the published recipes come.
namespace lithe {

inline Expr relu_dx(Expr y, Expr dy) { return select(y > 0.0f, dy, 0.0f); }
inline Expr relu6_dx(Expr y, Expr dy) { return select(y > 0.0f && y < 6.0f, dy, 0.0f); }
inline Expr leaky_relu_dx(Expr x, Expr dy, Expr slope) { return select(x > 0.0f, dy, slope * dy); }
inline Expr clamp_dx(Expr x, Expr dy, Expr lo, Expr hi) { return select(x >= lo && x <= hi, dy, 0.0f); }
inline Expr hard_sigmoid_dx(Expr x, Expr dy, Expr scale) {
  return select(x > -3.0f && x < 3.0f, dy * scale * (1.0f / 6), 0.0f);
}
inline Expr hard_swish_dx(Expr x, Expr dy) {
  return select(x <= -3.0f, 0.0f, select(x >= 3.0f, dy, dy * (x * (1.0f / 3) + 0.5f)));
}
inline Expr sigmoid_dx(Expr y, Expr dy) { return dy * y * (1.0f - y); }
inline Expr tanh_dx(Expr y, Expr dy) { return dy * (1.0f - y * y); }

}  // namespace lithe
