#include "tests/ops/op_suite.h"

#include <functional>
#include <random>
#include <sstream>

#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"
#include "tests/graph/same_bits.h"

namespace lithe::test {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

std::map<std::string, std::string> pairs(const std::string& text) {
  std::map<std::string, std::string> result;
  for (const std::string& word : split(text, ' '))
    result[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
  return result;
}

Attribute parsed(const std::string& text, const Attribute& like) {
  if (std::holds_alternative<int64_t>(like)) return int64_t{std::stoll(text)};
  if (std::holds_alternative<double>(like)) return std::stod(text);
  if (std::holds_alternative<std::vector<double>>(like)) {
    std::vector<double> numbers;
    for (const std::string& part : split(text, ',')) numbers.push_back(std::stod(part));
    return numbers;
  }
  std::vector<int64_t> integers;
  for (const std::string& part : split(text, ',')) integers.push_back(std::stoll(part));
  return integers;
}

// The shape of value `index` of a port, trailing dimensions without an extent left out.
Shape shape_of(const Port& port, const std::map<std::string, std::string>& given, size_t index) {
  Shape shape;
  for (std::string name : split(port.dims == "..." ? "N C H W" : port.dims, ' ')) {
    if (name.back() == '+') name.pop_back();
    if (std::isdigit(name[0])) {
      shape.push_back(std::stoll(name));
      continue;
    }
    const auto it = given.find(name);
    if (it == given.end()) break;
    const std::vector<std::string> extents = split(it->second, ',');
    shape.push_back(std::stoll(extents.at(extents.size() > 1 ? index : 0)));
  }
  return shape;
}

size_t value_count(const Port& port, const std::map<std::string, std::string>& given) {
  const auto count = given.find("K_" + port.name);
  return count == given.end() ? split(given.at("C"), ',').size() : std::stoul(count->second);
}

Tensor random_tensor(const Shape& shape, const std::string& kind, std::mt19937& random) {
  Tensor t(shape);
  for (int64_t i = 0; i < t.size(); ++i) {
    const float unit = static_cast<float>(random() >> 8) / (1 << 24);
    t.data()[i] = kind == "positive" ? 0.5f + unit : kind == "wide" ? 20 * unit - 10 : 4 * unit - 2;
  }
  return t;
}

// Memory that an operator leaves unwritten holds what lay there before: let that be NaN, not an earlier right answer.
void poison(const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    const Tensor rubbish = Tensor::filled(shape, std::nanf(""));
    const Tensor more = Tensor::filled(shape, std::nanf(""));
  }
}

void check_batch(const OpCase& c, const std::vector<Tensor>& whole) {
  const int64_t batch = c.inputs[0].dim(0);
  for (int64_t n = 0; n < batch; ++n) {
    std::vector<Tensor> alone;
    for (size_t i = 0; i < c.inputs.size(); ++i) {
      alone.push_back(c.has_batch(i) ? c.inputs[i].images(n, 1) : c.inputs[i]);
    }
    const std::vector<Tensor> outputs = run_node(c.node, alone);
    for (size_t k = 0; k < outputs.size(); ++k) {
      EXPECT_TRUE(same_bits(outputs[k], whole[k].images(n, 1))) << "image " << n << " has other bits when it is alone";
    }
  }
}

void check_threads(const OpCase& c, const std::vector<Tensor>& one_thread) {
  set_threads(2);
  const std::vector<Tensor> outputs = run_node(c.node, c.inputs);
  set_threads(1);
  for (size_t k = 0; k < outputs.size(); ++k) EXPECT_TRUE(same_bits(outputs[k], one_thread[k])) << "two threads differ";
}

}  // namespace

OpCase::OpCase(const Op& op, const std::string& text) {
  node.op = &op;
  node.name = "test";
  const std::map<std::string, std::string> given = pairs(text);
  Attributes attributes;
  for (const auto& [name, value] : node.op->attributes()) {
    if (given.count(name)) attributes[name] = parsed(given.at(name), value);
  }
  node.attributes = node.op->complete(attributes, node.name);
  std::mt19937 random(static_cast<uint32_t>(text.size()));
  for (const Port& port : node.op->inputs()) {
    const std::string kind = given.count(port.name) ? given.at(port.name) : "";
    const size_t count = port.variadic ? value_count(port, given) : 1;
    for (size_t i = 0; i < count; ++i) {
      inputs.push_back(kind == "absent" ? Tensor() : random_tensor(shape_of(port, given, i), kind, random));
    }
  }
  std::vector<const Shape*> shapes;
  for (const Tensor& t : inputs) shapes.push_back(t.empty() ? nullptr : &t.shape());
  output_shapes = node.op->output_shapes(dims(), shapes);
}

Dims OpCase::dims() const {
  std::vector<const Shape*> shapes;
  for (const Tensor& t : inputs) shapes.push_back(t.empty() ? nullptr : &t.shape());
  return node.op->bind(node.attributes, shapes, node.name);
}

bool OpCase::has_batch(size_t input) const {
  const std::string& names = node.op->port_of(input).dims;
  return names[0] == 'N' || names == "...";
}

namespace {

// The same case with its images laid out channels-last: other kernels may serve it.
OpCase channels_last(OpCase c) {
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (c.inputs[i].rank() != 4 || !c.has_batch(i)) continue;
    const Tensor copied = Tensor::channels_last(c.inputs[i].shape());
    copy(c.inputs[i], copied);
    c.inputs[i] = copied;
  }
  return c;
}

void check_layout(const OpCase& c, const std::vector<std::vector<double>>& expected) {
  poison(c.output_shapes);
  const std::vector<Tensor> outputs = run_node(c.node, c.inputs);
  ASSERT_EQ(outputs.size(), expected.size());
  for (size_t k = 0; k < outputs.size(); ++k) {
    EXPECT_EQ(outputs[k].shape(), c.output_shapes[k]);
    const Tensor reference = Tensor::of(c.output_shapes[k], {expected[k].begin(), expected[k].end()});
    EXPECT_LE(relative_difference(outputs[k].contiguous(), reference), 1e-5);
  }
  check_batch(c, outputs);
  check_threads(c, outputs);
}

}  // namespace

void check_case(const OpCase& c, const std::vector<std::vector<double>>& expected, int64_t multiplications) {
  set_threads(1);
  check_layout(c, expected);
  check_layout(channels_last(c), expected);
  const Madds madds = c.node.op->madds(c.dims());
  if (madds.b() > 0) {
    EXPECT_EQ(madds.b(), multiplications);
  }
}

std::vector<std::string>& tested_ops() {
  static std::vector<std::string> names;
  return names;
}

}  // namespace lithe::test
