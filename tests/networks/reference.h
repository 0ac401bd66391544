#pragma once
// Slow, obvious layers in double precision, written from the equations; they share nothing with the library.

#include <algorithm>
#include <cmath>
#include <vector>

#include "pipelines/graph/parameters.h"

namespace lithe::reference {

/// N C H W in double precision.
struct Array {
  int n, c, h, w;
  std::vector<double> values;
  Array(int n_, int c_, int h_ = 1, int w_ = 1)
      : n(n_), c(c_), h(h_), w(w_), values(static_cast<size_t>(n_) * c_ * h_ * w_) {}
  explicit Array(const Tensor& t) : Array(extent(t, 0), extent(t, 1), extent(t, 2), extent(t, 3)) {
    each([&](int i, int j, int y, int x) { (*this)(i, j, y, x) = t.at(i, j, y, x); });
  }
  double& operator()(int i, int j, int y = 0, int x = 0) {
    return values[((static_cast<size_t>(i) * c + j) * h + y) * w + x];
  }
  double operator()(int i, int j, int y = 0, int x = 0) const { return const_cast<Array&>(*this)(i, j, y, x); }
  template <class Body>
  void each(const Body& body) {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < c; ++j) {
        for (int y = 0; y < h; ++y) {
          for (int x = 0; x < w; ++x) body(i, j, y, x);
        }
      }
    }
  }
  static int extent(const Tensor& t, size_t d) { return d < t.shape().size() ? static_cast<int>(t.shape()[d]) : 1; }
};

/// w: O I KH KW, padded by half the kernel.
inline Array convolution(const Array& x, const Array& w, int stride = 1) {
  const int pad_h = w.h / 2, pad_w = w.w / 2;
  Array y(x.n, w.n, (x.h + 2 * pad_h - w.h) / stride + 1, (x.w + 2 * pad_w - w.w) / stride + 1);
  y.each([&](int n, int o, int i, int j) {
    for (int c = 0; c < w.c; ++c) {
      for (int u = 0; u < w.h; ++u) {
        for (int v = 0; v < w.w; ++v) {
          const int row = i * stride + u - pad_h, column = j * stride + v - pad_w;
          if (row >= 0 && row < x.h && column >= 0 && column < x.w)
            y(n, o, i, j) += w(o, c, u, v) * x(n, c, row, column);
        }
      }
    }
  });
  return y;
}

/// Batch norm in inference; `name` holds weight, bias, running_mean and running_var.
inline Array batch_norm(Array x, const Parameters& p, const std::string& name) {
  x.each([&](int n, int c, int h, int w) {
    const double mean = p.at(name + ".running_mean").at(c), variance = p.at(name + ".running_var").at(c);
    x(n, c, h, w) =
        p.at(name + ".weight").at(c) * (x(n, c, h, w) - mean) / std::sqrt(variance + 1e-5) + p.at(name + ".bias").at(c);
  });
  return x;
}

inline Array relu(Array x) {
  for (double& v : x.values) v = std::max(v, 0.0);
  return x;
}

/// relu6(u + 3) / 3
inline double hsig2(double u) { return std::min(std::max(u + 3, 0.0), 6.0) / 3; }

/// max|ours - reference| over max(1, max|reference|)
inline double difference(const Tensor& ours, const Array& reference) {
  const Array a(ours);
  if (a.values.size() != reference.values.size()) return 1e9;
  double largest = 1, difference = 0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    largest = std::max(largest, std::abs(reference.values[i]));
    if (!std::isfinite(a.values[i])) return 1e9;
    difference = std::max(difference, std::abs(a.values[i] - reference.values[i]));
  }
  return difference / largest;
}

}  // namespace lithe::reference
