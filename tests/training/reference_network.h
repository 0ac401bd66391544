#pragma once
// Networks in double precision, as slow, obvious loops: the reference of whole-network gradients.

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"
#include "pipelines/graph/parameters.h"

namespace lithe::test {

/// Row-major, four extents.
struct Array {
  Shape shape;
  std::vector<double> values;
  Array() = default;
  explicit Array(Shape s) : shape(std::move(s)), values(static_cast<size_t>(elements(shape))) {}
  explicit Array(const Tensor& t);
  int64_t dim(size_t d) const { return d < shape.size() ? shape[d] : 1; }
  double& operator()(int64_t n, int64_t c = 0, int64_t h = 0, int64_t w = 0) {
    return values[static_cast<size_t>(((n * dim(1) + c) * dim(2) + h) * dim(3) + w)];
  }
};

/// All outputs of `graph` for `given`: inputs, parameters and statistics by name. In training BatchNorm takes the
/// statistics of the batch; dropout is left out.
std::vector<Array> run_reference(const Graph& graph, const std::map<std::string, Array>& given, bool training);

}  // namespace lithe::test
