#include <limits>

#include "pipelines/graph/session.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct Conv2d {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), y = r.out("y");
    const int64_t per_group = r("O") / r("groups"), inputs = r("I"), kh = r("KH"), kw = r("KW");
    const int64_t height = r("H"), width = r("W");
    for_each(y, [&](int64_t n, int64_t o, int64_t h, int64_t column) {
      T sum = 0;
      for (int64_t i = 0; i < inputs; ++i) {
        for (int64_t u = 0; u < kh; ++u) {
          for (int64_t v = 0; v < kw; ++v) {
            const int64_t row = h * r("stride_h") + u * r("dilation_h") - r("pad_h");
            const int64_t col = column * r("stride_w") + v * r("dilation_w") - r("pad_w");
            const bool inside = row >= 0 && row < height && col >= 0 && col < width;
            sum += w(o, i, u, v) * (inside ? x(n, o / per_group * inputs + i, row, col) : T(0));  // padding counts
          }
        }
      }
      if (r.has("b")) sum += r.in("b")(o);
      if (r.has("r")) sum += r.in("r")(n, o, h, column);  // conv2d_add
      y(n, o, h, column) = min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
    });
  }
};

LITHE_OP_TEST(conv2d, Conv2d,
              // dense, with every kind of border, stride and dilation
              "N=1 C=3 H=15 W=15 O=8 I=3 KH=3 KW=3 stride_h=2 stride_w=2 pad_h=1 pad_w=1",
              "N=2 C=16 H=9 W=8 O=40 I=16 KH=3 KW=3 pad_h=1 pad_w=1 b=absent",
              "N=3 C=5 H=6 W=7 O=19 I=5 KH=2 KW=4 stride_h=1 stride_w=3 pad_h=1 pad_w=2",
              "N=1 C=7 H=9 W=11 O=33 I=7 KH=3 KW=3 dilation_h=2 dilation_w=3 pad_h=2 pad_w=3",
              "N=2 C=4 H=5 W=5 O=6 I=4 KH=3 KW=3 pad_h=0 pad_w=1 pad_bottom=1 pad_right=0 stride_h=2 stride_w=2",
              "N=1 C=12 H=1 W=1 O=20 I=12 KH=3 KW=3 pad_h=1 pad_w=1", "N=3 C=5 H=11 W=13 O=7 I=5 KH=1 KW=1",
              "N=1 C=3 H=29 W=29 O=64 I=3 KH=7 KW=7 stride_h=2 stride_w=2 pad_h=3 pad_w=3",
              // Winograd: tiles of 4 x 4, 2 x 4 and 2 x 2 outputs that hang over, several blocks of them, every border
              "N=2 C=20 H=13 W=13 O=40 I=20 KH=3 KW=3 pad_h=1 pad_w=1",
              "N=1 C=17 H=22 W=27 O=33 I=17 KH=3 KW=3 pad_h=0 pad_w=2 b=absent",
              "N=1 C=33 H=7 W=7 O=50 I=33 KH=3 KW=3 pad_h=1 pad_w=1 clamp_min=0",
              "N=3 C=33 H=6 W=5 O=50 I=33 KH=3 KW=3 pad_h=1 pad_w=1 clamp_min=-40 clamp_max=30",
              "N=1 C=24 H=11 W=8 O=47 I=24 KH=3 KW=3 pad_h=2 pad_w=0 pad_bottom=0 pad_right=1",
              // pointwise, dense and grouped
              "N=1 C=24 H=7 W=7 O=48 I=24 KH=1 KW=1", "N=3 C=33 H=5 W=3 O=17 I=33 KH=1 KW=1 b=absent",
              "N=2 C=12 H=5 W=5 O=8 I=3 KH=1 KW=1 groups=4", "N=1 C=96 H=7 W=7 O=144 I=8 KH=1 KW=1 groups=12",
              "N=2 C=32 H=3 W=3 O=12 I=8 KH=1 KW=1 groups=4", "N=3 C=10 O=20 H=1 W=1 I=10 KH=1 KW=1",
              "N=2 C=16 H=8 W=8 O=32 I=16 KH=1 KW=1 stride_h=2 stride_w=2",
              "N=3 C=18 H=9 W=12 O=22 I=9 KH=1 KW=1 stride_h=3 stride_w=2 groups=2 clamp_max=1",
              // grouped with taps
              "N=2 C=12 H=7 W=6 O=18 I=4 KH=3 KW=3 groups=3 pad_h=1 pad_w=1",
              "N=2 C=6 H=5 W=4 O=3 I=2 KH=3 KW=2 groups=3 pad_h=1",
              // enough images for two threads: loops inside of them stay on their own
              "N=9 C=3 H=5 W=6 O=5 I=3 KH=3 KW=3 pad_h=1 pad_w=1",
              "N=9 C=5 H=4 W=5 O=18 I=5 KH=3 KW=3 pad_h=1 pad_w=1 stride_w=2",
              "N=8 C=16 H=8 W=8 O=17 I=16 KH=3 KW=3 pad_h=1 pad_w=1",
              // depthwise, square and factorised, with and without channel multiplier
              "N=1 C=19 H=7 W=7 O=19 I=1 KH=3 KW=3 groups=19 pad_h=1 pad_w=1",
              "N=2 C=32 H=9 W=8 O=32 I=1 KH=3 KW=3 groups=32 pad_h=1 pad_w=1 stride_h=2 stride_w=2 b=absent",
              "N=1 C=16 H=7 W=7 O=16 I=1 KH=5 KW=5 groups=16 pad_h=2 pad_w=2",
              "N=3 C=8 H=11 W=5 O=16 I=1 KH=5 KW=1 groups=8 pad_h=2 pad_w=0 stride_h=2",
              "N=2 C=6 H=7 W=10 O=12 I=1 KH=1 KW=5 groups=6 pad_h=0 pad_w=2 stride_w=2",
              "N=2 C=12 H=8 W=8 O=24 I=1 KH=3 KW=1 groups=12 pad_h=1",
              "N=1 C=24 H=7 W=7 O=24 I=1 KH=1 KW=3 groups=24 pad_w=1",
              "N=1 C=9 H=7 W=9 O=27 I=1 KH=4 KW=2 groups=9 pad_h=1 dilation_h=2",
              "N=2 C=3 H=1 W=1 O=3 I=1 KH=3 KW=3 groups=3 pad_h=1 pad_w=1",
              // strides and dilations at once
              "N=2 C=5 H=12 W=11 O=6 I=5 KH=3 KW=2 stride_h=2 stride_w=3 dilation_h=2 dilation_w=2 pad_h=2 pad_w=1",
              "N=1 C=9 H=9 W=12 O=9 I=1 KH=2 KW=3 groups=9 stride_h=2 stride_w=2 dilation_w=3 pad_w=2",
              // images of several bands, whose rows the number of bands does not divide
              "N=2 C=2 H=41 W=31 O=5 I=2 KH=3 KW=3 pad_h=1 pad_w=1",
              "N=1 C=4 H=35 W=33 O=6 I=2 KH=3 KW=1 groups=2 pad_h=1",
              // a fused activation
              "N=1 C=8 H=7 W=7 O=16 I=8 KH=3 KW=3 pad_h=1 pad_w=1 clamp_min=0 clamp_max=6",
              "N=2 C=20 H=5 W=5 O=20 I=1 KH=3 KW=3 groups=20 pad_h=1 pad_w=1 clamp_min=0");

LITHE_OP_TEST(conv2d_add, Conv2d, "N=2 C=20 H=7 W=5 O=33 KH=1 KW=1 Hr=7 Wr=5 clamp_min=0",
              "N=1 C=5 H=9 W=8 O=40 KH=3 KW=3 pad_h=1 pad_w=1 Hr=9 Wr=8 b=absent",
              "N=2 C=3 H=9 W=8 O=17 KH=3 KW=3 pad_h=1 pad_w=1 Hr=5 Wr=4 stride_h=2 stride_w=2 clamp_max=1",
              "N=2 C=20 H=13 W=13 O=40 KH=3 KW=3 pad_h=1 pad_w=1 Hr=13 Wr=13 clamp_min=0",
              "N=1 C=33 H=7 W=7 O=50 KH=3 KW=3 pad_h=1 pad_w=1 Hr=7 Wr=7",
              "N=3 C=33 H=6 W=5 O=50 KH=3 KW=3 pad_h=1 pad_w=1 Hr=6 Wr=5");

struct PermutedPointwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), y = r.out("y");
    const auto& index = r.template list<int64_t>("index");
    for_each(y, [&](int64_t n, int64_t o, int64_t h, int64_t column) {
      T sum = r.has("b") ? r.in("b")(o) : T(0);
      for (int64_t i = 0; i < r("I"); ++i) {
        const int64_t c = o / (r("O") / r("groups")) * r("I") + i;
        sum += w(o, i) * x(n, index[static_cast<size_t>(c)], h, column);
      }
      y(n, o, h, column) = min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
    });
  }
};
LITHE_OP_TEST(permuted_pointwise, PermutedPointwise, "N=1 C=8 H=7 W=7 O=16 I=2 groups=4 index=0,4,1,5,2,6,3,7",
              "N=3 C=6 H=3 W=1 O=36 I=3 groups=2 index=5,1,3,0,2,4 b=absent",
              "N=2 C=4 H=5 W=5 O=40 I=4 index=3,1,1,0 clamp_min=0 clamp_max=1", "N=2 C=3 O=5 I=3 index=2,0,1",
              "N=2 C=6 H=13 W=11 O=10 I=3 groups=2 index=0,1,2,3,4,5 clamp_max=1");

struct FactorizedConv {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto y = r.out("y");
    const int64_t columns = r("M"), width = r("W"), multiplier = r("O") / columns;
    for (int64_t n = 0; n < y.dim(0); ++n) {
      std::vector<T> z;  // M Ho W
      for (int64_t m = 0; m < columns; ++m) {
        for (int64_t h = 0; h < y.dim(2); ++h) {
          for (int64_t w = 0; w < width; ++w) z.push_back(column(r, n, m, h, w));
        }
      }
      for (int64_t o = 0; o < y.dim(1); ++o) {
        for (int64_t h = 0; h < y.dim(2); ++h) {
          for (int64_t w = 0; w < y.dim(3); ++w) {
            T sum = r.has("b") ? r.in("b")(o) : T(0);
            for (int64_t t = 0; t < r("KW"); ++t) {
              const int64_t at = w * r("stride_w") + t - r("pad_w"), row = (o / multiplier * y.dim(2) + h) * width;
              sum += r.in("v")(o, 0, 0, t) * (at >= 0 && at < width ? z[static_cast<size_t>(row + at)] : T(0));
            }
            y(n, o, h, w) = min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
          }
        }
      }
    }
  }

 private:
  template <class T>
  static T column(RefArgs<T>& r, int64_t n, int64_t m, int64_t h, int64_t w) {
    const auto& index = r.template list<int64_t>("index");
    const int64_t group = m / (r("M") / (r("C") / r("I")));
    T sum = r.has("a") ? r.in("a")(m) : T(0);
    for (int64_t i = 0; i < r("I"); ++i) {
      for (int64_t t = 0; t < r("KH"); ++t) {
        const int64_t row = h * r("stride_h") + t - r("pad_h"), c = index[static_cast<size_t>(group * r("I") + i)];
        sum += r.in("u")(m, i, t) * (row >= 0 && row < r("H") ? r.in("x")(n, c, row, w) : T(0));
      }
    }
    return sum;
  }
};
LITHE_OP_TEST(factorized_conv, FactorizedConv,
              "N=2 C=3 H=15 W=37 M=2 I=3 KH=3 O=4 KW=3 stride_h=2 stride_w=2 pad_h=1 pad_w=1 index=2,0,1 clamp_min=0 "
              "clamp_max=6",
              "N=1 C=4 H=12 W=11 M=8 I=1 KH=5 O=16 KW=5 stride_h=2 stride_w=2 pad_h=2 pad_w=2 index=3,1,0,2",
              "N=1 C=5 H=7 W=7 M=5 I=1 KH=3 O=5 KW=3 pad_h=1 pad_w=1 index=0,1,2,3,4 a=absent",
              "N=3 C=6 H=9 W=3 M=4 I=3 KH=2 O=12 KW=4 stride_w=3 pad_w=2 index=5,4,3,2,1,0 b=absent",
              "N=2 C=2 H=1 W=1 M=2 I=1 KH=3 O=2 KW=3 pad_h=1 pad_w=1 index=0,0",
              "N=1 C=6 H=14 W=14 M=6 I=1 KH=5 O=6 KW=5 pad_h=2 pad_w=2 index=0,1,2,3,4,5");

struct BlockedDepthwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    const int64_t size = r("block"), multiplier = r("O") / r("C");
    for_each(y, [&](int64_t n, int64_t o, int64_t h, int64_t column) {
      const int64_t c = o / size / multiplier * size + o % size;
      y(n, o, h, column) = at(r, n, c, o, h, column);
    });
  }

 private:
  template <class T>
  static T at(RefArgs<T>& r, int64_t n, int64_t c, int64_t o, int64_t h, int64_t column) {
    auto x = r.in("x"), w = r.in("w");
    T sum = r.has("b") ? r.in("b")(o) : T(0);
    for (int64_t u = 0; u < w.dim(2); ++u) {
      for (int64_t v = 0; v < w.dim(3); ++v) {
        const int64_t row = h * r("stride_h") + u - r("pad_h"), col = column * r("stride_w") + v - r("pad_w");
        const bool inside = row >= 0 && row < x.dim(2) && col >= 0 && col < x.dim(3);
        sum += w(o, 0, u, v) * (inside ? x(n, c, row, col) : T(0));
      }
    }
    return min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
  }
};
LITHE_OP_TEST(blocked_depthwise, BlockedDepthwise, "N=2 C=8 H=7 W=5 O=16 KH=3 KW=1 block=4 pad_h=1 stride_h=2",
              "N=1 C=12 H=7 W=9 O=24 KH=1 KW=5 block=12 pad_w=2 stride_w=2 b=absent",
              "N=3 C=6 H=5 W=5 O=18 KH=3 KW=3 block=3 pad_h=1 pad_w=1 clamp_min=0",
              "N=1 C=32 H=6 W=6 O=64 KH=1 KW=3 block=16 pad_w=1",
              "N=2 C=10 H=6 W=6 O=20 KH=5 KW=1 block=5 pad_h=2 clamp_max=1");

struct Linear {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t o, int64_t, int64_t) {
      T sum = r.has("b") ? r.in("b")(o) : T(0);
      for (int64_t c = 0; c < r("C"); ++c) {
        for (int64_t p = 0; p < r("H W"); ++p) sum += w(o, c * r("H W") + p) * x(n, c, p / r("W"), p % r("W"));
      }
      y(n, o) = min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
    });
  }
};
LITHE_OP_TEST(linear, Linear, "N=1 C=384 O=100 I=384", "N=3 C=17 O=5 I=17 b=absent", "N=9 C=33 O=40 I=33 clamp_min=0",
              "N=2 C=3 H=4 W=5 O=19 I=60", "N=1 C=1 O=1 I=1");

// A fused activation must not hide a broken number either.
TEST(Convolutions, LetNaNPass) {
  const char* const kCases[][2] = {
      {"conv2d", "N=1 C=4 H=5 W=5 O=20 I=4 KH=3 KW=3 pad_h=1 pad_w=1 clamp_min=0 clamp_max=6"},
      {"conv2d", "N=1 C=32 H=8 W=8 O=32 I=32 KH=3 KW=3 pad_h=1 pad_w=1 clamp_min=0 clamp_max=6"},
      {"conv2d", "N=1 C=4 H=5 W=5 O=20 I=4 KH=1 KW=1 clamp_min=0 clamp_max=6"},
      {"conv2d_add", "N=1 C=32 H=8 W=8 O=32 KH=3 KW=3 pad_h=1 pad_w=1 Hr=8 Wr=8 clamp_min=0 clamp_max=6"},
      {"conv2d", "N=1 C=20 H=5 W=5 O=20 I=1 KH=3 KW=3 groups=20 pad_h=1 pad_w=1 clamp_min=0 clamp_max=6"},
      {"linear", "N=1 C=4 O=20 I=4 clamp_min=0 clamp_max=6"},
      {"factorized_conv", "N=1 C=3 H=5 W=9 M=3 I=1 KH=3 O=6 KW=3 pad_h=1 pad_w=1 index=0,1,2 clamp_min=0 clamp_max=6"},
      {"permuted_pointwise", "N=1 C=4 H=5 W=5 O=20 I=2 groups=2 index=0,2,1,3 clamp_min=0 clamp_max=6"},
      {"blocked_depthwise", "N=1 C=8 H=5 W=5 O=16 KH=3 KW=1 block=8 pad_h=1 clamp_min=0 clamp_max=6"}};
  for (const auto& [op, text] : kCases) {
    OpCase c(op, text);
    for (int64_t i = 0; i < c.inputs[0].size(); ++i) c.inputs[0].data()[i] = std::nanf("");
    const Tensor y = run_node(c.node, c.inputs)[0].contiguous();
    int64_t passed = 0;
    for (int64_t i = 0; i < y.size(); ++i) passed += std::isnan(y.data()[i]);
    EXPECT_EQ(passed, y.size()) << op << " " << text;
  }
}

}  // namespace
}  // namespace lithe::test
