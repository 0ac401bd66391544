#pragma once
// One test for every operator. A test states the operator as the slow, obvious loop; the suite runs it and the kernels
// over a list of cases and checks values, shapes, cost, and that neither threads nor batch change a bit.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/graph/graph.h"
#include "tests/devices/usable.h"

namespace lithe::testing {

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

/// Elements by index, outermost first; trailing indices that the tensor lacks are 0.
template <class T>
class RefTensor {
 public:
  RefTensor(Shape shape, std::vector<T>* values) : shape_(std::move(shape)), values_(values) { shape_.resize(4, 1); }
  T& operator()(int64_t i, int64_t j = 0, int64_t k = 0, int64_t l = 0) const {
    const int64_t index[4] = {i, j, k, l};
    int64_t offset = 0;
    for (size_t d = 0; d < 4; ++d) {
      if (index[d] < 0 || index[d] >= shape_[d]) throw std::out_of_range("reference loop left its tensor");
      offset = offset * shape_[d] + index[d];
    }
    return (*values_)[static_cast<size_t>(offset)];
  }
  int64_t dim(size_t d) const { return shape_[d]; }

 private:
  Shape shape_;
  std::vector<T>* values_;
};

/// One case: extents, attributes and seeded inputs. Its text lists `name=value` for every dimension of the inputs (the
/// trailing ones may be left out: N x C) and for attributes; lists have commas. Of an input port it may say `absent`,
/// `positive` or `wide` (up to 10 in size, else up to 2).
struct OpCase {
  OpCase(const std::string& op, const std::string& text);
  Node node;
  std::vector<Tensor> inputs;  // row-major; absent ones are empty
  std::vector<Shape> output_shapes;
  Dims dims() const;
  bool has_batch(size_t input) const;
};

/// What a reference loop reads and writes.
template <class T>
class RefArgs {
 public:
  explicit RefArgs(const OpCase& c) : dims_(c.dims()) {
    for (size_t i = 0; i < c.inputs.size(); ++i) {
      if (c.inputs[i].empty()) continue;
      const float* data = c.inputs[i].data();
      inputs_[c.node.op->port_of(i).name].push_back({c.inputs[i].shape(), {data, data + c.inputs[i].size()}});
    }
    for (size_t i = 0; i < c.output_shapes.size(); ++i) {
      const auto size = static_cast<size_t>(elements(c.output_shapes[i]));
      outputs_[c.node.op->outputs()[i].name] = {c.output_shapes[i], std::vector<T>(size, T(std::nan("")))};
    }
  }
  bool has(const std::string& port) const { return inputs_.count(port) > 0; }
  RefTensor<T> in(const std::string& port, size_t value = 0) { return view(inputs_.at(port).at(value)); }
  RefTensor<T> out(const std::string& port) { return view(outputs_.at(port)); }
  /// Dimensions and integer attributes; their product for several names.
  int64_t operator()(const char* names) const {
    const auto [entry, fresh] = products_.try_emplace(names);
    if (fresh) entry->second = dims_(names);
    return entry->second;
  }
  T number(const std::string& attribute) const { return T(dims_.attribute<double>(attribute)); }
  template <class V>
  const std::vector<V>& list(const std::string& attribute) const {
    return dims_.attribute<std::vector<V>>(attribute);
  }
  const std::vector<T>& result(const std::string& port) const { return outputs_.at(port).values; }

 private:
  struct Array {
    Shape shape;
    std::vector<T> values;
  };
  static RefTensor<T> view(Array& a) { return {a.shape, &a.values}; }

  Dims dims_;
  mutable std::map<std::string_view, int64_t> products_;  // reference loops ask for them per element
  std::map<std::string, std::vector<Array>> inputs_;
  std::map<std::string, Array> outputs_;
};

/// Calls body(n, c, h, w) for every element.
template <class T, class Body>
void for_each(const RefTensor<T>& t, Body&& body) {
  for (int64_t n = 0; n < t.dim(0); ++n)
    for (int64_t c = 0; c < t.dim(1); ++c)
      for (int64_t h = 0; h < t.dim(2); ++h)
        for (int64_t w = 0; w < t.dim(3); ++w) body(n, c, h, w);
}

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

}  // namespace lithe::testing

/// LITHE_OP_TEST(operator, reference loop, cases...).
#define LITHE_OP_TEST(op, Reference, ...)                                                                     \
  [[maybe_unused]] static const bool lithe_tested_##op = (lithe::testing::tested_ops().push_back(#op), true); \
  TEST(Op, op) { lithe::testing::run_op_test<Reference>(#op, {__VA_ARGS__}); }                                \
  TEST(OpOnDevices, op) { lithe::testing::run_device_test<Reference>(#op, {__VA_ARGS__}); }                   \
  static_assert(true, "a semicolon follows")
