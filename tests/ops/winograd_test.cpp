// Winograd's kernels are taken where they were measured to win, and stay close to sums of doubles.
#include <gtest/gtest.h>

#include <cmath>

#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/session.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

std::string chosen(const std::string& extents) {
  const OpCase c("conv2d", extents + " KH=3 KW=3 pad_h=1 pad_w=1");
  return choose_kernel(c.node, c.dims(), {}, {}).name;
}

TEST(Winograd, IsChosenByShape) {
  // layers of ResNets
  EXPECT_EQ(chosen("N=1 C=64 H=56 W=56 O=64 I=64"), "winograd_4x4");
  EXPECT_EQ(chosen("N=1 C=128 H=28 W=28 O=128 I=128"), "winograd_4x4");
  EXPECT_EQ(chosen("N=1 C=256 H=14 W=14 O=256 I=256"), "winograd_4x4");
  EXPECT_EQ(chosen("N=1 C=512 H=7 W=7 O=512 I=512"), "winograd_2x4");
  EXPECT_EQ(chosen("N=1 C=33 H=6 W=5 O=50 I=33"), "winograd_2x2");
  // reading more weights would cost more than it saves
  EXPECT_EQ(chosen("N=1 C=512 H=3 W=3 O=512 I=512"), "conv2d");
  // too narrow, strided, dilated, grouped
  EXPECT_EQ(chosen("N=1 C=15 H=56 W=56 O=64 I=15"), "conv2d");
  EXPECT_EQ(chosen("N=1 C=64 H=56 W=56 O=16 I=64"), "conv2d_narrow");
  EXPECT_EQ(chosen("N=1 C=64 H=56 W=56 O=64 I=64 stride_h=2 stride_w=2"), "conv2d");
  EXPECT_EQ(chosen("N=1 C=64 H=56 W=56 O=64 I=64 dilation_h=2 dilation_w=2"), "conv2d");
  EXPECT_EQ(chosen("N=1 C=64 H=56 W=56 O=64 I=32 groups=2"), "conv2d");
}

// The sum of doubles for one output of a 3 x 3 convolution with a border of 1.
double exact(const OpCase& c, int64_t o, int64_t h, int64_t w) {
  const Tensor &x = c.inputs[0], &weights = c.inputs[1];
  double sum = static_cast<double>(c.inputs[2].at(o));
  for (int64_t i = 0; i < x.dim(1); ++i) {
    for (int64_t u = 0; u < 3; ++u) {
      for (int64_t v = 0; v < 3; ++v) {
        const int64_t row = h + u - 1, column = w + v - 1;
        if (row < 0 || column < 0 || row >= x.dim(2) || column >= x.dim(3)) continue;
        sum += static_cast<double>(weights.at(o, i, u, v)) * static_cast<double>(x.at(0, i, row, column));
      }
    }
  }
  return sum;
}

TEST(Winograd, StaysCloseToSumsOfDoubles) {
  for (const char* extents : {"N=1 C=64 H=56 W=56 O=64 I=64", "N=1 C=128 H=28 W=28 O=128 I=128",
                              "N=1 C=256 H=14 W=14 O=256 I=256", "N=1 C=512 H=7 W=7 O=512 I=512"}) {
    const OpCase c("conv2d", std::string(extents) + " KH=3 KW=3 pad_h=1 pad_w=1");
    const Tensor y = run_node(c.node, c.inputs)[0];
    double worst = 0, largest = 0;
    int64_t step = 0;
    for (int64_t o = 0; o < y.dim(1); o += 5) {
      for (int64_t p = step++ % 7; p < y.dim(2) * y.dim(3); p += 7) {
        const int64_t h = p / y.dim(3), w = p % y.dim(3);
        const double expected = exact(c, o, h, w);
        worst = std::max(worst, std::abs(expected - static_cast<double>(y.at(0, o, h, w))));
        largest = std::max(largest, std::abs(expected));
      }
    }
    EXPECT_LE(worst, 5e-6 * largest) << extents;
    RecordProperty(extents, std::to_string(worst / largest));
  }
}

}  // namespace
}  // namespace lithe::test
