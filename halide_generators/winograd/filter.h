#pragma once
// Winograd's minimal filtering (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016): m
// outputs of a filter of 3 taps cost m + 2 products instead of 3 m. One tile of m x m' outputs is A' [(G w G') * (B' x
// B)] A, the product per element and summed over the input channels. Here is G, which acts on the weights; A and B
// stand in algorithm.h.

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace lithe::winograd {

/// Outputs of a tile.
struct Tile {
  int64_t h, w;
};

constexpr int64_t products(Tile t) { return (t.h + 2) * (t.w + 2); }

/// G for m = 2 (points 0, 1, -1, infinity) and m = 4 (0, +-sqrt(1/2), +-sqrt(2), infinity: the factors stay near 1, and
/// with them the rounding errors are a third of those with the points 1 and 2).
inline std::vector<std::array<double, 3>> filter(int64_t m) {
  if (m == 2) return {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
  const double s = std::sqrt(2.0);
  return {{1, 0, 0},
          {-2.0 / 3, -s / 3, -1.0 / 3},
          {-2.0 / 3, s / 3, -1.0 / 3},
          {1.0 / 6, s / 6, 1.0 / 3},
          {1.0 / 6, -s / 6, 1.0 / 3},
          {0, 0, 1}};
}

/// Turns the 3 x 3 weights of `kLanes` outputs into the factors of the products of a tile: side by side, since one
/// after the other would come back to the same cache lines.
template <size_t kLanes>
class Filter {
 public:
  using Lanes = std::array<double, kLanes>;
  using Weights = std::array<Lanes, 9>;  // row by row

  explicit Filter(Tile t) : rows_(filter(t.h)), columns_(filter(t.w)) {}

  /// G w G' row by row, each product's lanes in a row of their own, `step` numbers behind the last.
  void apply(const Weights& w, float* result, int64_t step) const {
    for (const auto& row : rows_) {
      std::array<Lanes, 3> across{};
      for (size_t v = 0; v < 3; ++v) {
        for (size_t u = 0; u < 3; ++u) {
          for (size_t i = 0; i < kLanes; ++i) across[v][i] += row[u] * w[u * 3 + v][i];
        }
      }
      for (const auto& column : columns_) {
        for (size_t i = 0; i < kLanes; ++i) {
          const double sum = across[0][i] * column[0] + across[1][i] * column[1] + across[2][i] * column[2];
          result[i] = static_cast<float>(sum);
        }
        result += step;
      }
    }
  }

 private:
  std::vector<std::array<double, 3>> rows_, columns_;
};

}  // namespace lithe::winograd
