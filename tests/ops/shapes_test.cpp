// Operators that move numbers rather than compute with them, and softmax.
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct Concat {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto y = r.out("y");
    int64_t first = 0;
    for (int64_t k = 0; k < r("K_xs"); ++k) {
      auto x = r.in("xs", static_cast<size_t>(k));
      for_each(x, [&](int64_t n, int64_t c, int64_t h, int64_t w) { y(n, first + c, h, w) = x(n, c, h, w); });
      first += x.dim(1);
    }
  }
};
LITHE_OP_TEST(concat, Concat, "N=1 C=8,16 H=7 W=7", "N=3 C=3,5,1 H=2 W=3", "N=2 C=7,33", "N=2 C=4 K_xs=1 H=1 W=1");

struct Resize {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    const auto position = [&](int64_t i, int64_t in, int64_t out) {
      if (r("align_corners")) return out == 1 ? 0.0 : static_cast<double>(i * (in - 1)) / static_cast<double>(out - 1);
      return std::max((static_cast<double>(i) + 0.5) * static_cast<double>(in) / static_cast<double>(out) - 0.5, 0.0);
    };
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      const double row = position(h, r("H"), r("out_h")), column = position(w, r("W"), r("out_w"));
      T sum = 0;  // every pixel with the weight of its hat function
      for (int64_t i = 0; i < r("H"); ++i) {
        for (int64_t j = 0; j < r("W"); ++j) {
          const double below = std::min(row, static_cast<double>(r("H") - 1)) - static_cast<double>(i);
          const double right = std::min(column, static_cast<double>(r("W") - 1)) - static_cast<double>(j);
          sum += T(std::max(1 - std::abs(below), 0.0) * std::max(1 - std::abs(right), 0.0)) * x(n, c, i, j);
        }
      }
      y(n, c, h, w) = sum;
    });
  }
};
LITHE_OP_TEST(resize_bilinear, Resize, "N=1 C=8 H=7 W=7 out_h=14 out_w=14", "N=3 C=3 H=5 W=9 out_h=4 out_w=7",
              "N=2 C=19 H=4 W=6 out_h=9 out_w=11 align_corners=1", "N=1 C=5 H=1 W=1 out_h=3 out_w=2",
              "N=1 C=5 H=3 W=4 out_h=1 out_w=1 align_corners=1", "N=1 C=2 H=8 W=8 out_h=1 out_w=3");

struct Softmax {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      T sum = 0;
      for (int64_t i = 0; i < r("C"); ++i) sum += exp(x(n, i, h, w) - x(n, c, h, w));
      y(n, c, h, w) = T(1) / sum;
    });
  }
};
LITHE_OP_TEST(softmax, Softmax, "N=1 C=8 H=7 W=7", "N=3 C=1000 x=wide", "N=2 C=19 H=3 W=2 x=wide", "N=2 C=1");

struct Flatten {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(x,
             [&](int64_t n, int64_t c, int64_t h, int64_t w) { y(n, (c * r("H") + h) * r("W") + w) = x(n, c, h, w); });
  }
};
LITHE_OP_TEST(flatten, Flatten, "N=1 C=8 H=7 W=7", "N=3 C=5 H=3 W=1", "N=2 C=33");

struct Dropout {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) { y(n, c, h, w) = x(n, c, h, w); });
  }
};
LITHE_OP_TEST(dropout, Dropout, "N=2 C=5 H=3 W=3 p=0.2", "N=3 C=7");

}  // namespace
}  // namespace lithe::test
