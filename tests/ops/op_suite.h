#pragma once
// One test for every operator. A test states the operator as the slow, obvious loop; the suite runs it and the kernels
// over a list of cases and checks values, shapes, cost, and that neither threads nor batch change a bit.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/devices/usable.h"
#include "tests/ops/op_adjoint.h"
#include "tests/ops/reference_args.h"

namespace lithe::test {

/// A number that counts multiplications: the loop itself says what an operator costs.
struct Counting {
  double value = 0;
  Counting(double v = 0) : value(v) {}
  static inline int64_t multiplications = 0;
  Counting& operator+=(Counting o) { return value += o.value, *this; }
};
inline Counting operator*(Counting a, Counting b) { return ++Counting::multiplications, a.value * b.value; }
inline Counting operator+(Counting a, Counting b) { return a.value + b.value; }
inline Counting operator-(Counting a, Counting b) { return a.value - b.value; }
inline Counting operator/(Counting a, Counting b) { return a.value / b.value; }
inline bool operator<(Counting a, Counting b) { return a.value < b.value; }
inline Counting exp(Counting a) { return std::exp(a.value); }
inline Counting sqrt(Counting a) { return std::sqrt(a.value); }
inline Counting tanh(Counting a) { return std::tanh(a.value); }
using std::exp;
using std::sqrt;
using std::tanh;

template <class T>
T max(const T& a, const T& b) {
  return a < b ? b : a;
}
template <class T>
T min(const T& a, const T& b) {
  return b < a ? b : a;
}
/// A product that the counting rule leaves out.
inline double uncounted_product(double a, double b) { return a * b; }
inline Counting uncounted_product(Counting a, Counting b) { return a.value * b.value; }

/// Compares the kernels with the expected outputs; the checks that need no reference are made too.
void check_case(const OpCase& c, const std::vector<std::vector<double>>& expected, int64_t multiplications);
/// Compares the first output on every device that can be used here.
void check_on_devices(const OpCase& c, const std::vector<double>& expected);
/// The operators that have a test.
std::vector<std::string>& tested_ops();

template <class Reference>
void run_op_test(const std::string& op, const std::vector<std::string>& cases) {
  for (const std::string& text : cases) {
    SCOPED_TRACE(op + ": " + text);
    const OpCase c(op, text);
    RefArgs<double> args(c);
    Reference()(args);
    std::vector<std::vector<double>> expected;
    for (const Port& port : c.node.op->outputs()) expected.push_back(args.result(port.name));
    RefArgs<Counting> counted(c);
    Counting::multiplications = 0;
    Reference()(counted);
    check_case(c, expected, Counting::multiplications);
  }
}

template <class Reference>
void run_device_test(const std::string& op, const std::vector<std::string>& cases) {
  LITHE_NEEDS_A_DEVICE();
  for (const std::string& text : cases) {
    SCOPED_TRACE(op + ": " + text);
    const OpCase c(op, text);
    RefArgs<double> args(c);
    Reference()(args);
    check_on_devices(c, args.result(c.node.op->outputs()[0].name));
  }
}

}  // namespace lithe::test

/// LITHE_OP_TEST(operator, reference loop, cases...).
#define LITHE_OP_TEST(op, Reference, ...)                                                                  \
  [[maybe_unused]] static const bool lithe_tested_##op = (lithe::test::tested_ops().push_back(#op), true); \
  TEST(Op, op) { lithe::test::run_op_test<Reference>(#op, {__VA_ARGS__}); }                                \
  TEST(OpAdjoint, op) { lithe::test::run_adjoint_test<Reference>(#op, {__VA_ARGS__}); }                    \
  TEST(OpOnDevices, op) { lithe::test::run_device_test<Reference>(#op, {__VA_ARGS__}); }                   \
  static_assert(true, "a semicolon follows")
