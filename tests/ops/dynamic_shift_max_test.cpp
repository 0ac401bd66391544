#include "pipelines/graph/adjoint.h"
#include "pipelines/graph/session.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

// Written with group and place in the group, as in the released networks: the next channel of the next group.
int64_t shifted_channel(int64_t c, int64_t j, int64_t channels, int64_t groups) {
  if (j == 0) return c;
  const int64_t size = channels / groups, group = c / size, place = c % size;
  return (group + 1) % groups * size + (place + 1) % size;
}

struct DynamicShiftMax {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), a = r.in("a"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      for (int64_t k = 0; k < r("K"); ++k) {
        T sum = 0;
        for (int64_t j = 0; j < r("J"); ++j) {
          sum += a(n, k, j, c) * x(n, shifted_channel(c, j, r("C"), r("groups")), h, w);
        }
        y(n, c, h, w) = k == 0 ? sum : max(y(n, c, h, w), sum);
      }
    });
  }
};
LITHE_OP_TEST(dynamic_shift_max, DynamicShiftMax, "N=1 C=8 H=7 W=7 J=2 K=2 groups=4",
              "N=3 C=6 H=1 W=5 J=1 K=1 groups=3", "N=2 C=12 H=5 W=3 J=2 K=1 groups=4",
              "N=1 C=120 H=7 W=7 J=2 K=2 groups=12", "N=2 C=5 H=3 W=3 J=2 K=2 groups=1",
              "N=1 C=7 H=2 W=2 J=2 K=2 groups=7", "N=3 C=48 H=1 W=1 J=2 K=2 groups=12", "N=3 C=1 H=3 W=3 J=2 K=2",
              "N=1 C=16 H=41 W=41 J=2 K=1 groups=4", "N=2 C=24 J=2 K=2 groups=6");

struct ShiftMaxCoefficients {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto u = r.in("u"), a = r.out("a");
    const auto& offsets = r.template list<double>("offsets");
    for_each(a, [&](int64_t n, int64_t k, int64_t j, int64_t c) {
      const int64_t set = k * r("J") + j;
      const T hard_sigmoid = min(max(u(n, set * r("C") + c) + T(3), T(0)), T(6)) / T(6);
      a(n, k, j, c) = (hard_sigmoid - T(0.5)) * r.number("range") + T(offsets[static_cast<size_t>(set)]);
    });
  }
};
LITHE_OP_TEST(shift_max_coefficients, ShiftMaxCoefficients, "N=1 U=32 branches=2 terms=2 offsets=1,0,1,0 u=wide",
              "N=3 U=10 branches=1 terms=2 offsets=1,0 u=wide",
              "N=2 U=84 branches=2 terms=2 offsets=1,0,0.5,0.5 range=2", "N=3 U=5 branches=1 terms=1 offsets=0.25");

// Coefficients at the start of training (a1 = 1, b1 = 0) make the operator the identity.
TEST(DynamicShiftMax, IsTheIdentityAtInitialisation) {
  const OpCase c("dynamic_shift_max", "N=2 C=12 H=5 W=5 J=2 K=2 groups=4");
  Tensor a = Tensor::filled({2, 2, 2, 12}, 0.0f);
  for (int64_t n = 0; n < 2; ++n) {
    for (int64_t k = 0; k < 2; ++k) {
      for (int64_t channel = 0; channel < 12; ++channel) a.at(n, k, 0, channel) = 1.0f;
    }
  }
  EXPECT_EQ(relative_difference(run_node(c.node, {c.inputs[0], a})[0].contiguous(), c.inputs[0]), 0);
}

// Networks begin there: branches that are equal share the gradient.
TEST(DynamicShiftMax, SharesTheGradientAtATie) {
  const OpCase c("dynamic_shift_max", "N=1 C=4 H=1 W=3 J=2 K=2 groups=2");
  Tensor a = Tensor::filled({1, 2, 2, 4}, 0.0f);
  for (int64_t channel = 0; channel < 4; ++channel) a.at(0, 0, 0, channel) = a.at(0, 1, 0, channel) = 1;
  const Dims dims = c.dims();
  const NodeState state{c.node, dims, {c.inputs[0].shape(), a.shape()}, {c.inputs[0], a}, {Tensor()}, true};
  const Tensor dy = Tensor::filled(c.inputs[0].shape(), 1);
  const std::vector<Tensor> d = run_adjoint(state, *choose_adjoints(c.node, dims, {true, true})[0], dy);
  EXPECT_EQ(relative_difference(d[0].contiguous(), dy), 0);
  for (int64_t channel = 0; channel < 4; ++channel) {
    float sum = 0;
    for (int64_t w = 0; w < 3; ++w) sum += c.inputs[0].at(0, channel, 0, w);
    for (int64_t k = 0; k < 2; ++k) EXPECT_NEAR(d[1].at(0, k, 0, channel), sum / 2, 1e-6);
  }
}

}  // namespace
}  // namespace lithe::test
