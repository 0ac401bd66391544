#pragma once
// When a convolution takes which of Winograd's kernels, and its weights in the form they want.

#include <algorithm>
#include <string>

#include "halide_generators/conv2d/panels.h"
#include "halide_generators/winograd/filter.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/op.h"

namespace lithe::winograd {

constexpr Tile kTiles[] = {{4, 4}, {2, 4}, {2, 2}};

/// Time of a 3 x 3 convolution in multiply-adds, computed from its shape alone, since the kernel decides about bits. A
/// weight is read once per image and costs kRead more; transforming a number costs kTransform. A single output per tile
/// stands for the direct kernel. The factors fit one core of an AMD EPYC (AVX-512), with weights from memory.
inline int64_t cost(const Dims& d, Tile tile) {
  constexpr int64_t kRead = 6, kTransform = 9;
  const int64_t pairs = d("C O"), tiles = (d("Ho") + tile.h - 1) / tile.h * ((d("Wo") + tile.w - 1) / tile.w);
  const bool direct = tile.h == 1 && tile.w == 1;
  const int64_t transforms = direct ? 0 : kTransform * (d("C") + d("O"));
  return products(tile) * (tiles * (pairs + transforms) + kRead * pairs);
}

/// Whether `tile` is the cheapest way. Kernels take whole vectors of 16 input channels and two panels of outputs.
inline bool applies(const Dims& d, Tile tile) {
  const bool fits = d("KH") == 3 && d("KW") == 3 && d("groups stride_h stride_w dilation_h dilation_w") == 1 &&
                    d("C") >= panels::kWidth && d("O") > panels::kWidth;
  if (!fits || cost(d, tile) >= cost(d, {1, 1})) return false;
  for (const Tile& other : kTiles) {
    if (cost(d, other) < cost(d, tile)) return false;
  }
  return true;
}

/// O I 3 3 -> panels of 16 outputs, P products I 16.
inline Tensor pack(const std::vector<Tensor>& values, const Dims& d, Tile tile) {
  const Tensor& w = values.at(0);
  const Shape& step = w.strides();
  const int64_t outputs = d("O"), inputs = d("I"), count = products(tile);
  const Tensor packed({panels::count(outputs), count, inputs, panels::kWidth});
  using Panel = Filter<panels::kWidth>;
  const Panel filter(tile);
  parallel_for(packed.dim(0), [&](int64_t p) {
    const int64_t first = p * panels::kWidth, lanes = std::min<int64_t>(panels::kWidth, outputs - first);
    Panel::Weights weights{};  // of no output: zero
    for (int64_t i = 0; i < inputs; ++i) {
      for (int64_t lane = 0; lane < lanes; ++lane) {
        const float* from = &w.at(first + lane, i);
        for (int64_t k = 0; k < 9; ++k) {
          weights[static_cast<size_t>(k)][static_cast<size_t>(lane)] = from[k / 3 * step[2] + k % 3 * step[3]];
        }
      }
      filter.apply(weights, packed.data() + (p * count * inputs + i) * panels::kWidth, inputs * panels::kWidth);
    }
  });
  return packed;
}

inline Kernel kernel(const std::string& name, Tile tile) {
  Kernel k{name, [tile](const Dims& d) { return applies(d, tile); }, {}};
  k.pack["w"] = [tile](const std::vector<Tensor>& values, const Dims& d) { return pack(values, d, tile); };
  return k;
}

}  // namespace lithe::winograd
