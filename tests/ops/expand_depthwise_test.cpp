// The first two layers of an inverted residual.
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

template <class T>
T clamped(const RefArgs<T>& r, T v, const char* least, const char* most) {
  return min(max(v, r.number(least)), r.number(most));
}

/// The depthwise layer on wide[channel][pixel] of image n, height x width pixels.
template <class T>
void depthwise(RefArgs<T>& r, int64_t n, const std::vector<std::vector<T>>& wide, int64_t height, int64_t width,
               int64_t stride) {
  auto taps = r.in("taps"), t = r.in("t"), y = r.out("y");
  for (int64_t o = 0; o < r("O"); ++o) {
    for (int64_t h = 0; h < r("Ho"); ++h) {
      for (int64_t w = 0; w < r("Wo"); ++w) {
        T sum = t(o);
        for (int64_t u = 0; u < 3; ++u) {
          for (int64_t v = 0; v < 3; ++v) {
            const int64_t row = h * stride + u - 1, column = w * stride + v - 1;
            const bool inside = row >= 0 && row < height && column >= 0 && column < width;
            const auto at = static_cast<size_t>(inside ? row * width + column : 0);
            sum += taps(o, 0, u, v) * (inside ? wide[static_cast<size_t>(o)][at] : T(0));
          }
        }
        y(n, o, h, w) = clamped(r, sum, "clamp_min", "clamp_max");
      }
    }
  }
}

struct ExpandDepthwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), b = r.in("b");
    for (int64_t n = 0; n < r("N"); ++n) {
      std::vector<std::vector<T>> wide(static_cast<size_t>(r("O")));
      for (int64_t o = 0; o < r("O"); ++o) {
        for (int64_t at = 0; at < r("H W"); ++at) {
          T sum = b(o);
          for (int64_t c = 0; c < r("C"); ++c) sum += w(o, c) * x(n, c, at / r("W"), at % r("W"));
          wide[static_cast<size_t>(o)].push_back(clamped(r, sum, "inner_min", "inner_max"));
        }
      }
      depthwise(r, n, wide, r("H"), r("W"), r("stride"));
    }
  }
};
LITHE_OP_TEST(expand_depthwise, ExpandDepthwise, "N=1 C=8 O=48 H=7 W=7 inner_min=0 inner_max=6 clamp_min=0 clamp_max=6",
              "N=2 C=5 O=96 H=14 W=15 stride=2 inner_min=0", "N=3 C=11 O=19 H=9 W=13", "N=1 C=3 O=70 H=4 W=3 stride=2",
              "N=2 C=6 O=48 H=1 W=2 stride=2", "N=1 C=4 O=33 H=16 W=29 stride=2 clamp_max=1");

struct DynamicExpandDepthwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), s = r.in("s"), q = r.in("q"), phi = r.in("phi"), p = r.in("p");
    const int64_t latent = r("L"), inputs = r("C"), outputs = r("O");
    const auto bias = [&](const char* port, int64_t i) { return r.has(port) ? r.in(port)(i) : T(0); };
    for (int64_t n = 0; n < r("N"); ++n) {
      std::vector<std::vector<T>> wide(static_cast<size_t>(outputs));
      for (int64_t at = 0; at < r("H W"); ++at) {
        const auto pixel = [&](int64_t c) { return x(n, c, at / r("W"), at % r("W")); };
        std::vector<T> z, mixed;
        for (int64_t l = 0; l < latent; ++l) {
          z.push_back(bias("a", l));
          for (int64_t c = 0; c < inputs; ++c) z.back() += q(l, c) * pixel(c);
        }
        for (int64_t l = 0; l < latent; ++l) {
          mixed.push_back(0);
          for (int64_t j = 0; j < latent; ++j) mixed.back() += phi(n, l * latent + j) * z[static_cast<size_t>(j)];
        }
        for (int64_t o = 0; o < outputs; ++o) {
          T fixed = bias("b", o), sum = bias("c", o);
          for (int64_t c = 0; c < inputs; ++c) fixed += w(o, c) * pixel(c);
          for (int64_t l = 0; l < latent; ++l) sum += p(o, l) * mixed[static_cast<size_t>(l)];
          wide[static_cast<size_t>(o)].push_back(clamped(r, sum + s(n, o) * fixed, "inner_min", "inner_max"));
        }
      }
      depthwise(r, n, wide, r("H"), r("W"), r("stride"));
    }
  }
};
LITHE_OP_TEST(dynamic_expand_depthwise, DynamicExpandDepthwise,
              "N=1 C=8 O=48 L=4 LL=16 H=7 W=7 inner_min=0 inner_max=6 clamp_min=0 clamp_max=6",
              "N=2 C=5 O=96 L=9 LL=81 H=14 W=15 stride=2 a=absent c=absent", "N=3 C=11 O=19 L=3 LL=9 H=9 W=13 b=absent",
              "N=2 C=20 O=50 L=8 LL=64 H=3 W=2 stride=2 inner_min=0");

struct StemDepthwise {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), w = r.in("w"), b = r.in("b");
    for (int64_t n = 0; n < r("N"); ++n) {
      std::vector<std::vector<T>> image(static_cast<size_t>(r("O")));
      for (int64_t o = 0; o < r("O"); ++o) {
        for (int64_t at = 0; at < r("Ho Wo"); ++at) {
          T sum = b(o);
          for (int64_t c = 0; c < r("C"); ++c) {
            for (int64_t tap = 0; tap < 9; ++tap) {
              const int64_t row = at / r("Wo") * 2 + tap / 3 - 1, column = at % r("Wo") * 2 + tap % 3 - 1;
              const bool inside = row >= 0 && row < r("Y") && column >= 0 && column < r("X");
              sum += w(o, c, tap / 3, tap % 3) * (inside ? x(n, c, row, column) : T(0));
            }
          }
          image[static_cast<size_t>(o)].push_back(clamped(r, sum, "inner_min", "inner_max"));
        }
      }
      depthwise(r, n, image, r("Ho"), r("Wo"), 1);
    }
  }
};
LITHE_OP_TEST(stem_depthwise, StemDepthwise, "N=1 C=3 O=32 Y=28 X=30 inner_min=0 inner_max=6 clamp_min=0 clamp_max=6",
              "N=2 C=3 O=19 Y=15 X=13 inner_min=0", "N=1 C=1 O=40 Y=129 X=17", "N=2 C=4 O=64 Y=2 X=1");

}  // namespace
}  // namespace lithe::test
