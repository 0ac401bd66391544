#include <limits>

#include "pipelines/graph/session.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

// Calls body(row, column) for the pixels of the image inside the window of output (h, w).
template <class T, class Body>
void window(const RefArgs<T>& r, int64_t h, int64_t w, Body&& body) {
  for (int64_t i = 0; i < r("kernel_h"); ++i) {
    for (int64_t j = 0; j < r("kernel_w"); ++j) {
      const int64_t row = h * r("stride_h") - r("pad_h") + i, column = w * r("stride_w") - r("pad_w") + j;
      if (row >= 0 && row < r("H") && column >= 0 && column < r("W")) body(row, column);
    }
  }
}

struct MaxPool {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      T most = -std::numeric_limits<double>::infinity();
      window(r, h, w, [&](int64_t row, int64_t column) { most = max(most, x(n, c, row, column)); });
      y(n, c, h, w) = most;
    });
  }
};

struct AvgPool {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      T sum = 0;
      int64_t inside = 0, padded = 0;
      window(r, h, w, [&](int64_t row, int64_t column) { sum += x(n, c, row, column), ++inside; });
      for (int64_t i = 0; i < r("kernel_h"); ++i) {
        for (int64_t j = 0; j < r("kernel_w"); ++j) {
          const int64_t row = h * r("stride_h") + i, column = w * r("stride_w") + j;  // of the padded image
          padded += row < r("H") + 2 * r("pad_h") && column < r("W") + 2 * r("pad_w");
        }
      }
      y(n, c, h, w) = sum / T(static_cast<double>(r("count_include_pad") ? padded : inside));
    });
  }
};

#define POOL_CASES                                                                               \
  "N=1 C=8 H=7 W=7 kernel_h=3 kernel_w=3 stride_h=2 stride_w=2 pad_h=1 pad_w=1",                 \
      "N=3 C=21 H=6 W=9 kernel_h=3 kernel_w=3 stride_h=2 stride_w=2 ceil_mode=1",                \
      "N=2 C=3 H=5 W=4 kernel_h=2 kernel_w=4 stride_h=3 stride_w=1 pad_h=1 pad_w=2 ceil_mode=1", \
      "N=1 C=17 H=1 W=1 kernel_h=1 kernel_w=1",                                                  \
      "N=1 C=2 H=4 W=4 kernel_h=2 kernel_w=2 stride_h=3 stride_w=3 "                             \
      "pad_h=1 pad_w=1 ceil_mode=1"
LITHE_OP_TEST(max_pool, MaxPool, POOL_CASES);
LITHE_OP_TEST(avg_pool, AvgPool, POOL_CASES,
              "N=1 C=8 H=7 W=7 kernel_h=3 kernel_w=3 stride_h=2 stride_w=2 pad_h=1 pad_w=1 count_include_pad=0",
              "N=2 C=3 H=5 W=4 kernel_h=2 kernel_w=4 stride_h=3 stride_w=1 pad_h=1 pad_w=2 ceil_mode=1 "
              "count_include_pad=0");

struct AdaptiveAvgPool {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      T sum = 0;
      int64_t count = 0;
      for (int64_t i = 0; i < r("H"); ++i) {
        for (int64_t j = 0; j < r("W"); ++j) {
          // Pixel i belongs to cell h if the unit intervals [i, i+1) and [h H / out, (h+1) H / out) meet.
          if (i * r("out_h") >= (h + 1) * r("H") || (i + 1) * r("out_h") <= h * r("H")) continue;
          if (j * r("out_w") >= (w + 1) * r("W") || (j + 1) * r("out_w") <= w * r("W")) continue;
          sum += x(n, c, i, j), ++count;
        }
      }
      y(n, c, h, w) = sum / T(static_cast<double>(count));
    });
  }
};
LITHE_OP_TEST(adaptive_avg_pool, AdaptiveAvgPool, "N=1 C=8 H=7 W=7 out_h=2 out_w=2",
              "N=3 C=19 H=14 W=5 out_h=1 out_w=3", "N=2 C=3 H=1 W=1 out_h=2 out_w=2",
              "N=1 C=5 H=3 W=4 out_h=5 out_w=4");

struct GlobalAvgPool {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t, int64_t) {
      T sum = 0;
      for (int64_t h = 0; h < r("H"); ++h) {
        for (int64_t w = 0; w < r("W"); ++w) sum += x(n, c, h, w);
      }
      y(n, c) = sum / T(static_cast<double>(r("H W")));
    });
  }
};
LITHE_OP_TEST(global_avg_pool, GlobalAvgPool, "N=1 C=8 H=56 W=56", "N=3 C=12 H=7 W=7", "N=2 C=37 H=1 W=1",
              "N=3 C=5 H=3 W=1", "N=1 C=864 H=7 W=7", "N=2 C=6 H=11 W=13", "N=2 C=33", "N=1 C=1 H=2 W=300");

// Wherever it stands in the window, and whatever comes after it.
TEST(MaxPool, LetsNaNPass) {
  const OpCase c("max_pool", "N=1 C=17 H=2 W=2 kernel_h=2 kernel_w=2");
  for (int64_t i = 0; i < 4; ++i) {
    Tensor x = Tensor::filled({1, 17, 2, 2}, 1.0f);
    x.at(0, 16, i / 2, i % 2) = std::nanf("");
    const Tensor y = run_node(c.node, {x})[0];
    EXPECT_TRUE(std::isnan(y.at(0, 16))) << i;
    EXPECT_EQ(y.at(0, 0), 1.0f);
  }
}

}  // namespace
}  // namespace lithe::test
