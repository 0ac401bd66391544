// The products of Dynamic Convolution Decomposition and Dynamic Transfer.
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

struct PhiProduct {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto z = r.in("z"), phi = r.in("phi"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t i, int64_t h, int64_t w) {
      T sum = 0;
      for (int64_t j = 0; j < r("L"); ++j) sum += phi(n, i * r("L") + j) * z(n, j, h, w);
      y(n, i, h, w) = sum;
    });
  }
};
LITHE_OP_TEST(phi_product, PhiProduct, "N=1 L=8 LL=64 H=7 W=7", "N=3 L=5 LL=25 H=3 W=1", "N=2 L=33 LL=1089 H=2 W=9",
              "N=3 L=32 LL=1024", "N=1 L=45 LL=2025 H=1 W=14");

struct ChannelScale {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), s = r.in("s"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) { y(n, c, h, w) = s(n, c) * x(n, c, h, w); });
  }
};
LITHE_OP_TEST(channel_scale, ChannelScale, "N=1 C=8 H=7 W=7", "N=3 C=5 H=3 W=1", "N=2 C=33", "N=2 C=19 H=2 W=9");

struct ScaleAdd {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), s = r.in("s"), p = r.in("p"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      const T sum = p(n, c, h, w) + s(n, c) * x(n, c, h, w);
      y(n, c, h, w) = min(max(sum, r.number("clamp_min")), r.number("clamp_max"));
    });
  }
};
LITHE_OP_TEST(scale_add, ScaleAdd, "N=1 C=8 H=7 W=7 clamp_min=0", "N=3 C=5 H=3 W=1 clamp_min=0 clamp_max=1",
              "N=2 C=33");

struct DynamicResidual {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto u = r.in("u"), pi = r.in("pi"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t o, int64_t h, int64_t w) {
      T total = 0;
      for (int64_t k = 0; k < r("K"); ++k) {
        auto phi = r.in("phi", static_cast<size_t>(k));
        T sum = 0;
        for (int64_t c = 0; c < r("C"); ++c) sum += phi(o, c) * u(n, c, h * r("stride"), w * r("stride"));
        total += uncounted_product(pi(n, k), sum);
      }
      y(n, o, h, w) = total;
    });
  }
};
LITHE_OP_TEST(dynamic_residual, DynamicResidual, "N=1 C=8 O=8 H=7 W=7 K=4 K_phi=4",
              "N=3 C=5 O=19 H=5 W=3 K=2 K_phi=2 stride=2", "N=2 C=16 O=48 H=8 W=15 K=4 K_phi=4 stride=2",
              "N=2 C=33 O=35 H=1 W=1 K=1 K_phi=1");

struct Matmul {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto a = r.in("a"), b = r.in("b"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t m, int64_t p, int64_t) {
      T sum = 0;
      for (int64_t k = 0; k < r("K"); ++k) sum += a(n, m, k) * b(n, k, p);
      y(n, m, p) = sum;
    });
  }
};
LITHE_OP_TEST(matmul, Matmul, "N=1 M=7 K=5 P=33", "N=3 M=1 K=9 P=1", "N=2 M=19 K=3 P=48");

struct LargerHead {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto p = r.in("p"), q = r.in("q"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t, int64_t) {
      T most_p = p(n, 0), most_q = q(n, 0);
      for (int64_t i = 0; i < r("C"); ++i) most_p = max(most_p, p(n, i)), most_q = max(most_q, q(n, i));
      y(n, c) = most_p < most_q ? q(n, c) : p(n, c);
    });
  }
};
LITHE_OP_TEST(larger_head, LargerHead, "N=5 C=3", "N=8 C=37", "N=1 C=1");

}  // namespace
}  // namespace lithe::test
