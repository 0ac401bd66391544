#pragma once

#include <array>
#include <cmath>

namespace lithe::test {

/// A number with its derivatives along several directions: a reference loop run on these differentiates itself.
struct Dual {
  static constexpr int kDirections = 8;
  double value = 0;
  std::array<double, kDirections> slope{};
  Dual(double v = 0) : value(v) {}
  Dual& operator+=(const Dual& o);
};

/// f(value), and its slope times those of a.
inline Dual chained(const Dual& a, double value, double derivative) {
  Dual result(value);
  for (int k = 0; k < Dual::kDirections; ++k) result.slope[k] = derivative * a.slope[k];
  return result;
}
inline Dual operator+(const Dual& a, const Dual& b) {
  Dual result(a.value + b.value);
  for (int k = 0; k < Dual::kDirections; ++k) result.slope[k] = a.slope[k] + b.slope[k];
  return result;
}
inline Dual operator-(const Dual& a, const Dual& b) { return a + chained(b, -b.value, -1); }
inline Dual operator*(const Dual& a, const Dual& b) {
  return chained(a, 0, b.value) + chained(b, a.value * b.value, a.value);
}
inline Dual operator/(const Dual& a, const Dual& b) {
  return chained(a, 0, 1 / b.value) + chained(b, a.value / b.value, -a.value / (b.value * b.value));
}
inline Dual& Dual::operator+=(const Dual& o) { return *this = *this + o; }
inline bool operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
inline Dual exp(const Dual& a) { return chained(a, std::exp(a.value), std::exp(a.value)); }
inline Dual sqrt(const Dual& a) { return chained(a, std::sqrt(a.value), 0.5 / std::sqrt(a.value)); }
inline Dual tanh(const Dual& a) { return chained(a, std::tanh(a.value), 1 - std::tanh(a.value) * std::tanh(a.value)); }
inline Dual uncounted_product(const Dual& a, const Dual& b) { return a * b; }

}  // namespace lithe::test
