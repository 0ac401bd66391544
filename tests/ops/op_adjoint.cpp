#include "tests/ops/op_adjoint.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "pipelines/core/names.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/adjoint.h"
#include "pipelines/graph/forward.h"
#include "tests/graph/same_bits.h"

namespace lithe::test {
namespace {

constexpr int64_t kSmall = 48;  // elements of an input whose axes are all tried

Tensor with_images_last(const Tensor& t) {
  if (t.rank() != 4) return t;
  const Tensor copied = Tensor::channels_last(t.shape());
  copy(t, copied);
  return copied;
}

// Every gradient that the adjoints of the node give, by input. What they leave unwritten is NaN.
std::vector<Tensor> gradients_of(const OpCase& c, const std::vector<Tensor>& inputs, const Tensor& u,
                                 const std::vector<bool>& wanted) {
  const Dims dims = c.dims();
  std::vector<Shape> shapes;
  for (const Tensor& t : inputs) shapes.push_back(t.shape());
  const std::vector<Tensor> outputs = run_node(c.node, dims, inputs);
  const NodeState state{c.node, dims, shapes, inputs, outputs, outputs[0].row_major()};
  std::vector<Tensor> gradients(inputs.size());
  for (const Adjoint* adjoint : choose_adjoints(c.node, dims, wanted)) {
    for (const Shape& shape : shapes) {
      const Tensor rubbish = pooled_tensor(shape), more = pooled_tensor(shape);
      for (const Tensor& t : {rubbish, more}) std::fill_n(t.data(), t.size(), std::nanf(""));
    }
    const std::vector<Tensor> given = run_adjoint(state, *adjoint, u);
    for (size_t i = 0; i < given.size(); ++i) {
      if (!given[i].empty()) gradients[i] = given[i];
    }
  }
  return gradients;
}

void compare(const OpCase& c, const Tensor& gradient, const Slopes& slopes) {
  ASSERT_EQ(gradient.shape(), c.inputs[slopes.input].shape());
  const Tensor g = gradient.contiguous();
  for (size_t k = 0; k < slopes.directions.size(); ++k) {
    double product = 0, size = 1;
    for (int64_t i = 0; i < g.size(); ++i) {
      const double term = static_cast<double>(g.data()[i]) * slopes.directions[k][static_cast<size_t>(i)];
      product += term, size += std::abs(term);
    }
    ASSERT_NEAR(product, slopes.expected[k], 1e-5 * size) << "direction " << k << " of input " << slopes.input;
  }
}

}  // namespace

std::vector<size_t> inputs_with_gradient(const OpCase& c) {
  std::vector<size_t> inputs;
  if (!c.node.op->gradients_exist(c.dims())) return inputs;
  const std::vector<std::string> ports = words(c.node.op->gradients());
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (!c.inputs[i].empty() && std::count(ports.begin(), ports.end(), c.node.op->port_of(i).name) > 0)
      inputs.push_back(i);
  }
  return inputs;
}

std::vector<std::vector<double>> directions_of(const Tensor& input) {
  const auto size = static_cast<size_t>(input.size());
  std::mt19937 random(7);
  std::vector<std::vector<double>> directions(Dual::kDirections, std::vector<double>(size));
  for (auto& direction : directions) {
    for (double& v : direction) v = static_cast<double>(random() >> 8) / (1 << 23) - 1;
  }
  if (input.size() > kSmall) return directions;
  for (size_t i = 0; i < size; ++i) {
    directions.emplace_back(size);
    directions.back()[i] = 1;
  }
  return directions;
}

Tensor output_gradient(const OpCase& c) {
  Tensor u(c.output_shapes[0]);
  std::mt19937 random(11);
  for (int64_t i = 0; i < u.size(); ++i) u.data()[i] = static_cast<float>(random() >> 8) / (1 << 23) - 1;
  return u;
}

void check_adjoints(const OpCase& c, const Tensor& u, const std::vector<Slopes>& slopes) {
  if (slopes.empty()) return;
  std::vector<bool> wanted(c.inputs.size());
  for (const Slopes& s : slopes) wanted[s.input] = true;
  std::vector<Tensor> images_last;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    images_last.push_back(c.has_batch(i) && !c.inputs[i].empty() ? with_images_last(c.inputs[i]) : c.inputs[i]);
  }
  for (const auto& [inputs, dy] : {std::pair{c.inputs, u}, std::pair{images_last, with_images_last(u)},
                                   std::pair{c.inputs, with_images_last(u)}}) {
    set_threads(1);
    const std::vector<Tensor> gradients = gradients_of(c, inputs, dy, wanted);
    for (const Slopes& s : slopes) compare(c, gradients[s.input], s);
    set_threads(2);
    const std::vector<Tensor> by_two = gradients_of(c, inputs, dy, wanted);
    set_threads(1);
    for (const Slopes& s : slopes) {
      EXPECT_TRUE(same_bits(gradients[s.input], by_two[s.input])) << "two threads differ, input " << s.input;
    }
  }
}

}  // namespace lithe::test
