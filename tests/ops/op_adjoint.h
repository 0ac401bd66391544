#pragma once
// The gradients of every operator, against its reference loop run on dual numbers: <J v, u> = <v, J^T u>.

#include <gtest/gtest.h>

#include <random>

#include "tests/ops/dual.h"
#include "tests/ops/reference_args.h"

namespace lithe::test {

/// Directions v in the space of one input, and <J v, u> for each of them.
struct Slopes {
  size_t input;
  std::vector<std::vector<double>> directions;
  std::vector<double> expected;
};

/// The inputs that have a gradient in this case.
std::vector<size_t> inputs_with_gradient(const OpCase& c);
/// Directions to try: random ones, and every axis of a small input.
std::vector<std::vector<double>> directions_of(const Tensor& input);
/// The gradient u of output 0.
Tensor output_gradient(const OpCase& c);
/// Compares the adjoints of the case's operator, for images in both layouts; two threads must give the same bits.
void check_adjoints(const OpCase& c, const Tensor& u, const std::vector<Slopes>& slopes);

template <class Reference>
void check_adjoint_case(const OpCase& c) {
  const Tensor u = output_gradient(c);
  std::vector<Slopes> all;
  for (const size_t input : inputs_with_gradient(c)) {
    Slopes slopes{input, directions_of(c.inputs[input]), {}};
    for (size_t first = 0; first < slopes.directions.size(); first += Dual::kDirections) {
      const size_t count = std::min<size_t>(Dual::kDirections, slopes.directions.size() - first);
      RefArgs<Dual> args(c);
      std::vector<Dual>& x = args.values(input);
      for (size_t i = 0; i < x.size(); ++i) {
        for (size_t k = 0; k < count; ++k) x[i].slope[k] = slopes.directions[first + k][i];
      }
      Reference()(args);
      const std::vector<Dual>& y = args.result(c.node.op->outputs()[0].name);
      for (size_t k = 0; k < count; ++k) {
        double product = 0;
        for (size_t i = 0; i < y.size(); ++i) product += y[i].slope[k] * static_cast<double>(u.data()[i]);
        slopes.expected.push_back(product);
      }
    }
    all.push_back(std::move(slopes));
  }
  check_adjoints(c, u, all);
}

template <class Reference>
void run_adjoint_test(const std::string& op, const std::vector<std::string>& cases) {
  for (const std::string& text : cases) {
    SCOPED_TRACE(op + ": " + text);
    check_adjoint_case<Reference>(OpCase(op, text));
  }
}

}  // namespace lithe::test
