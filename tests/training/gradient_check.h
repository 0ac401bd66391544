#pragma once

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "pipelines/graph/trainable.h"
#include "tests/training/reference_network.h"

namespace lithe::test {

inline std::map<std::string, Array> arrays(const Graph& graph, const Parameters& parameters,
                                           const std::vector<Tensor>& inputs) {
  std::map<std::string, Array> given;
  for (const ValueId id : graph.state()) given[graph.value(id).name] = Array(parameters.at(graph.value(id).name));
  for (size_t i = 0; i < inputs.size(); ++i) given[graph.value(graph.inputs[i]).name] = Array(inputs[i]);
  return given;
}

inline double product(const Array& a, const Tensor& b) {
  const Tensor rows = b.contiguous();
  double sum = 0;
  for (size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * static_cast<double>(rows.data()[i]);
  return sum;
}

/// Steps of +-1 in all elements of the tensors named.
inline std::map<std::string, Array> random_direction(const std::map<std::string, Array>& given,
                                                     const std::vector<std::string>& names, unsigned seed) {
  std::mt19937 bits(seed);
  std::map<std::string, Array> direction;
  for (const std::string& name : names) {
    Array v(given.at(name).shape);
    for (double& element : v.values) element = bits() & 1 ? 1 : -1;
    direction[name] = v;
  }
  return direction;
}

/// (f(given + h v) - f(given - h v)) / 2h.
template <class Function>
double central_difference(const std::map<std::string, Array>& given, const std::map<std::string, Array>& direction,
                          double h, const Function& f) {
  const auto moved = [&](double by) {
    auto result = given;
    for (const auto& [name, v] : direction) {
      for (size_t i = 0; i < v.values.size(); ++i) result.at(name).values[i] += by * v.values[i];
    }
    return f(result);
  };
  return (moved(h) - moved(-h)) / (2 * h);
}

/// <v, gradient>, and the size of gradient: what <v, gradient> is likely to be.
struct Along {
  double product = 0, size = 0;
};
inline Along along(const std::map<std::string, Array>& direction, const Gradients& gradients) {
  Along result;
  for (const auto& [name, v] : direction) {
    const Tensor g = gradients.at(name).contiguous();
    result.product += lithe::test::product(v, g);
    for (int64_t i = 0; i < g.size(); ++i) result.size += static_cast<double>(g.data()[i]) * g.data()[i];
  }
  result.size = std::sqrt(result.size);
  return result;
}

}  // namespace lithe::test
