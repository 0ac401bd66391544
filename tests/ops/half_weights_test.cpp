// Kernels with weights in half precision: rounded once, widened exactly, summed as ever.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>

#include "pipelines/core/half.h"
#include "pipelines/graph/session.h"
#include "tests/graph/same_bits.h"

namespace lithe {
namespace {

struct Layer {
  Shape image;  // of one image: C, or C H W
  int64_t outputs;
  bool bias;
};

// Numbers of many sizes, some of them subnormal as float16.
Tensor numbers(const Shape& shape, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(-1, 1);
  std::uniform_int_distribution<int> exponent(-22, 2);
  Tensor t(shape);
  for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = std::ldexp(value(random), exponent(random));
  return t;
}

class HalfWeights : public ::testing::TestWithParam<Layer> {
 protected:
  HalfWeights() {
    const Layer& layer = GetParam();
    Shape shape = layer.image;
    shape.insert(shape.begin(), 1);
    depth_ = elements(shape);
    GraphBuilder g("layer");
    std::vector<ValueId> inputs{g.input("x", shape), g.parameter("fc.weight", {layer.outputs, depth_}, {})};
    if (layer.bias) inputs.push_back(g.parameter("fc.bias", {layer.outputs}, {}));
    g.output(g.op("linear", "fc", inputs, {{"clamp_min", -0.5}}));
    graph_ = g.finish();
    parameters_["fc.weight"] = numbers({layer.outputs, depth_}, 1);
    if (layer.bias) parameters_["fc.bias"] = numbers({layer.outputs}, 2);
    shape[0] = 3;
    x_ = numbers(shape, 3);
  }
  Tensor run(const Parameters& parameters, DType weights) const {
    return Session(graph_, parameters, {true, Device::kCpu, weights}).run({x_})[0];
  }
  Parameters rounded(DType type) const {
    Parameters result = parameters_;
    const Tensor w = parameters_.at("fc.weight").clone();
    for (int64_t i = 0; i < w.size(); ++i) {
      float& value = w.data()[i];
      value = type == DType::kF16 ? from_float16(to_float16(value)) : from_bfloat16(to_bfloat16(value));
    }
    result["fc.weight"] = w;
    return result;
  }
  // The sum, and the sum of its parts' sizes, which bounds what float32 loses.
  std::pair<double, double> reference(const Parameters& parameters, int64_t n, int64_t o) const {
    double sum = parameters.count("fc.bias") ? parameters.at("fc.bias").data()[o] : 0, size = std::fabs(sum);
    for (int64_t i = 0; i < depth_; ++i) {
      const double part = double{parameters.at("fc.weight").data()[o * depth_ + i]} * x_.data()[n * depth_ + i];
      sum += part, size += std::fabs(part);
    }
    return {std::max(sum, -0.5), size};
  }

  int64_t depth_ = 0;
  Graph graph_;
  Parameters parameters_;
  Tensor x_;
};

TEST_P(HalfWeights, AreTheSumOverRoundedWeights) {
  for (const DType type : {DType::kF16, DType::kBF16}) {
    const Parameters parameters = rounded(type);
    const Tensor y = run(parameters_, type);
    for (int64_t n = 0; n < 3; ++n) {
      for (int64_t o = 0; o < GetParam().outputs; ++o) {
        const auto [expected, size] = reference(parameters, n, o);
        EXPECT_NEAR(y.at(n, o), expected, 1e-6 * size) << name_of(type) << " " << n << " " << o;
      }
    }
  }
}

TEST_P(HalfWeights, GiveTheBitsOfFloat32KernelsOnRoundedWeights) {
  for (const DType type : {DType::kF16, DType::kBF16}) {
    const Tensor y = run(parameters_, type), expected = run(rounded(type), DType::kF32);
    EXPECT_TRUE(test::same_bits(y, expected)) << name_of(type);
  }
}

// Words hold two inputs and tiles several panels: odd numbers of both, and fewer outputs than a panel has.
INSTANTIATE_TEST_SUITE_P(Shapes, HalfWeights,
                         ::testing::Values(Layer{{384}, 100, true}, Layer{{17}, 5, false}, Layer{{1}, 16, true},
                                           Layer{{33}, 40, true}, Layer{{2}, 33, false}, Layer{{24}, 768, true},
                                           Layer{{5, 3, 7}, 21, true}, Layer{{40, 2, 2}, 200, false}));

}  // namespace
}  // namespace lithe
