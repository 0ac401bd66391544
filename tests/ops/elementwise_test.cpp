#include <limits>

#include "pipelines/graph/session.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {
namespace {

template <class T>
T clamped(T x, double lo, double hi) {
  return min(max(x, T(lo)), T(hi));
}

template <class Function>
struct Activation {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.out("y");
    for_each(y, [&](int64_t n, int64_t c, int64_t h, int64_t w) { y(n, c, h, w) = Function::of(x(n, c, h, w), r); });
  }
};

struct Relu {
  template <class T>
  static T of(T x, const RefArgs<T>&) {
    return max(x, T(0));
  }
};
struct Relu6 {
  template <class T>
  static T of(T x, const RefArgs<T>&) {
    return clamped(x, 0, 6);
  }
};
struct LeakyRelu {
  template <class T>
  static T of(T x, const RefArgs<T>& r) {
    return x < T(0) ? r.number("slope") * x : x;
  }
};
struct Clamp {
  template <class T>
  static T of(T x, const RefArgs<T>& r) {
    return min(max(x, r.number("lo")), r.number("hi"));
  }
};
struct HardSigmoid {
  template <class T>
  static T of(T x, const RefArgs<T>& r) {
    return r.number("scale") * clamped(x + T(3), 0, 6) / T(6);
  }
};
struct HardSwish {
  template <class T>
  static T of(T x, const RefArgs<T>&) {
    return x * clamped(x + T(3), 0, 6) / T(6);
  }
};
struct Sigmoid {
  template <class T>
  static T of(T x, const RefArgs<T>&) {
    return T(1) / (T(1) + exp(T(0) - x));
  }
};
struct Tanh {
  template <class T>
  static T of(T x, const RefArgs<T>&) {
    return tanh(x);
  }
};

#define ACTIVATION_CASES "N=1 C=8 H=7 W=7 x=wide", "N=3 C=5 H=3 W=1 x=wide", "N=2 C=33 x=wide"
LITHE_OP_TEST(relu, Activation<Relu>, ACTIVATION_CASES);
LITHE_OP_TEST(relu6, Activation<Relu6>, ACTIVATION_CASES);
LITHE_OP_TEST(leaky_relu, Activation<LeakyRelu>, ACTIVATION_CASES, "N=1 C=3 H=5 W=5 slope=0.2");
LITHE_OP_TEST(clamp, Activation<Clamp>, "N=3 C=5 H=3 W=1 lo=-0.5 hi=1.25", "N=2 C=33 lo=0 hi=6 x=wide");
LITHE_OP_TEST(hard_sigmoid, Activation<HardSigmoid>, ACTIVATION_CASES, "N=2 C=5 H=3 W=3 scale=2 x=wide");
LITHE_OP_TEST(hard_swish, Activation<HardSwish>, ACTIVATION_CASES);
LITHE_OP_TEST(sigmoid, Activation<Sigmoid>, ACTIVATION_CASES, "N=3 C=41 H=11 W=1 x=wide");
LITHE_OP_TEST(tanh, Activation<Tanh>, ACTIVATION_CASES, "N=3 C=41 H=11 W=1");

struct Add {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.in("y"), z = r.out("z");
    for_each(z, [&](int64_t n, int64_t c, int64_t h, int64_t w) { z(n, c, h, w) = x(n, c, h, w) + y(n, c, h, w); });
  }
};
LITHE_OP_TEST(add, Add, "N=1 C=8 H=7 W=7", "N=3 C=5 H=3 W=1", "N=2 C=33");

struct Multiply {
  template <class T>
  void operator()(RefArgs<T>& r) const {
    auto x = r.in("x"), y = r.in("y"), z = r.out("z");
    const bool full = y.dim(2) == x.dim(2) && y.dim(3) == x.dim(3);
    for_each(z, [&](int64_t n, int64_t c, int64_t h, int64_t w) {
      z(n, c, h, w) = x(n, c, h, w) * y(n, c, full ? h : 0, full ? w : 0);
    });
  }
};
LITHE_OP_TEST(multiply, Multiply, "N=1 C=8 H=7 W=7 Hy=7 Wy=7", "N=3 C=5 H=3 W=1 Hy=3 Wy=1", "N=2 C=33",
              "N=3 C=19 H=3 W=5 Hy=1 Wy=1", "N=3 C=3 H=2 W=5", "N=2 C=16 H=7 W=7");

// A broken number must reach the output: no activation may hide it.
TEST(Activations, LetNaNPass) {
  for (const std::string op :
       {"relu", "relu6", "leaky_relu", "clamp", "hard_sigmoid", "hard_swish", "sigmoid", "tanh"}) {
    const OpCase c(op, "N=1 C=37 H=1 W=1 lo=0 hi=6");
    const Tensor x = Tensor::filled({1, 37, 1, 1}, std::numeric_limits<float>::quiet_NaN());
    const std::vector<Tensor> y = run_node(c.node, {x});
    int passed = 0;
    for (int64_t i = 0; i < 37; ++i) passed += std::isnan(y[0].at(0, i));
    EXPECT_EQ(passed, 37) << op;
  }
}

// Far from zero the exponential neither overflows nor leaves the range.
TEST(Activations, SaturateForLargeInputs) {
  const std::vector<float> far = {-1e30f, -200, 200, 1e30f};
  for (const std::string op : {"sigmoid", "tanh"}) {
    const OpCase c(op, "N=1 C=4");
    const Tensor y = run_node(c.node, {Tensor::of({1, 4}, far)})[0];
    for (int64_t i = 0; i < 4; ++i) {
      const float least = op == "tanh" ? -1.0f : 0.0f;
      EXPECT_NEAR(y.at(0, i), far[static_cast<size_t>(i)] < 0 ? least : 1.0f, 1e-6) << op;
    }
  }
}

}  // namespace
}  // namespace lithe::test
