#pragma once
// What the reference loop of an operator reads and writes, for any type of numbers.

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe::test {

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
  OpCase(const std::string& op, const std::string& text) : OpCase(find_op(op), text) {}
  OpCase(const Op& op, const std::string& text);
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
      const std::string& port = c.node.op->port_of(i).name;
      ports_.emplace_back(port, 0);
      if (c.inputs[i].empty()) continue;
      ports_.back().second = inputs_[port].size();
      const float* data = c.inputs[i].data();
      inputs_[port].push_back({c.inputs[i].shape(), {data, data + c.inputs[i].size()}});
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
  /// Of input i.
  std::vector<T>& values(size_t i) { return inputs_.at(ports_.at(i).first).at(ports_.at(i).second).values; }
  const std::vector<T>& result(const std::string& port) const { return outputs_.at(port).values; }

 private:
  struct Array {
    Shape shape;
    std::vector<T> values;
  };
  static RefTensor<T> view(Array& a) { return {a.shape, &a.values}; }

  Dims dims_;
  mutable std::map<std::string_view, int64_t> products_;  // reference loops ask for them per element
  std::vector<std::pair<std::string, size_t>> ports_;     // of every input, and which value of that port it is
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

}  // namespace lithe::test
