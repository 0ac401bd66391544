// Blocks of dynamic residual transfer inside whole networks against the equations (Li et al., CVPR 2021):
//   pi = softmax(W2 relu(W1 gap(x))); u = relu(BN1(conv1 x)); v = conv2 u + sum over k of pi_k (Phi_k u)
//   bottleneck: y = relu(BN3(conv3 relu(BN2 v)) + shortcut x); basic block (ours): y = relu(BN2 v + shortcut x)

#include <gtest/gtest.h>

#include "pipelines/networks/registry.h"
#include "tests/networks/live_weights.h"
#include "tests/networks/reference.h"

namespace lithe {
namespace {

using reference::Array;

struct Block {
  const Parameters& weights;
  std::string name;

  Array weight(const std::string& part) const { return Array(weights.at(name + "." + part + ".weight")); }
  Array conv(const Array& x, const std::string& part, int stride = 1) const {
    return reference::convolution(x, weight(part), stride);
  }
  Array bn(const Array& x, const std::string& part) const {
    return reference::batch_norm(x, weights, name + "." + part);
  }

  Array attention(const Array& x) const {
    Array pooled(x.n, x.c);
    Array(x).each([&](int n, int c, int h, int w) { pooled(n, c) += x(n, c, h, w) / (x.h * x.w); });
    Array pi = reference::convolution(reference::relu(conv(pooled, "fc.0")), weight("fc.2"));
    for (int n = 0; n < pi.n; ++n) {
      double sum = 0;
      for (int k = 0; k < pi.c; ++k) sum += std::exp(pi(n, k));
      for (int k = 0; k < pi.c; ++k) pi(n, k) = std::exp(pi(n, k)) / sum;
    }
    return pi;
  }

  // The static 3 x 3 and the residual kernels, which read the centre of each window.
  Array transfer(const Array& x, const Array& u, int stride) const {
    Array v = conv(u, "conv2", stride);
    const Array pi = attention(x);
    for (int k = 0; k < 4; ++k) {
      const Array residual = conv(u, "conv_s" + std::to_string(k + 1), stride);
      v.each([&](int n, int c, int h, int w) { v(n, c, h, w) += pi(n, k) * residual(n, c, h, w); });
    }
    return v;
  }

  Array operator()(const Array& x, bool bottleneck, int stride) const {
    Array y = reference::relu(bn(conv(x, "conv1", bottleneck ? 1 : stride), "bn1"));
    y = bn(transfer(x, y, bottleneck ? stride : 1), "bn2");
    if (bottleneck) y = bn(conv(reference::relu(y), "conv3"), "bn3");
    const bool projected = weights.count(name + ".downsample.0.weight") > 0;
    const Array shortcut = projected ? bn(conv(x, "downsample.0", stride), "downsample.1") : x;
    for (size_t i = 0; i < y.values.size(); ++i) y.values[i] += shortcut.values[i];
    return reference::relu(y);
  }
};

struct BlockCase {
  std::string network, block, input;
  bool bottleneck;
  int stride;
};

class DrtBlock : public testing::TestWithParam<BlockCase> {};

TEST_P(DrtBlock, EqualsTheEquations) {
  const BlockCase& c = GetParam();
  const Graph graph = build_network(c.network, {{"input_size", "56"}});
  const Parameters weights = live_weights(graph, 7);
  const Pass pass = forward(graph, weights, {noise_images(2, 3, 56, 56, 8)});
  const Array expected = Block{weights, c.block}(Array(pass.value(graph.find(c.input))), c.bottleneck, c.stride);
  EXPECT_LT(reference::difference(pass.value(graph.find(c.block)), expected), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(All, DrtBlock,
                         testing::Values(BlockCase{"drt_resnet50", "layer2.0", "layer1.2", true, 2},
                                         BlockCase{"drt_resnet50", "layer2.1", "layer2.0", true, 1},
                                         BlockCase{"drt_resnet18", "layer2.0", "layer1.1", false, 2},
                                         BlockCase{"drt_resnet18", "layer2.1", "layer2.0", false, 1}));

// Ours: s(x) * v behind the residual kernels, s = relu6(V2 relu(V1 gap(x)) + 3) / 3.
TEST(DrtChannelAttention, ScalesWhatTheConvolutionGives) {
  for (const std::string kernels : {"0", "3"}) {
    const Graph graph = build_network("drt_digits", {{"channel_attention", "1"}, {"kernels", kernels}});
    const Parameters weights = live_weights(graph, 11);
    const Pass pass = forward(graph, weights, {noise_images(2, 3, 32, 32, 12)});
    const Block block{weights, "layer2.0"};
    const Array x(pass.value(graph.find("layer1.0")));
    Array pooled(x.n, x.c);
    Array(x).each([&](int n, int c, int h, int w) { pooled(n, c) += x(n, c, h, w) / (x.h * x.w); });
    const Array hidden = reference::relu(block.conv(pooled, "scale.0"));
    Array scale = block.conv(hidden, "scale.2");
    const std::string before = kernels == "0" ? "layer2.0.conv2" : "layer2.0.transfer";
    Array expected(pass.value(graph.find(before)));
    expected.each(
        [&](int n, int c, int h, int w) { expected(n, c, h, w) *= std::min(std::max(scale(n, c) + 3, 0.0), 6.0) / 3; });
    EXPECT_LT(reference::difference(pass.value(graph.find("layer2.0.scaled")), expected), 1e-5) << kernels;
  }
}

TEST(DrtHeads, TheLargerMaximumSpeaks) {
  const Graph graph = build_network("drt_resnet18", {{"input_size", "32"}, {"classes", "5"}});
  const Parameters weights = live_weights(graph, 9);
  const Pass pass = forward(graph, weights, {noise_images(8, 3, 32, 32, 10)});
  const Tensor first = pass.value(graph.find("F1.classifier.8")), second = pass.value(graph.find("F2.classifier.8"));
  const Tensor output = pass.output();
  int of_first = 0;
  for (int64_t n = 0; n < 8; ++n) {
    double largest[2] = {-1e9, -1e9};
    for (int64_t c = 0; c < 5; ++c) {
      largest[0] = std::max<double>(largest[0], first.at(n, c));
      largest[1] = std::max<double>(largest[1], second.at(n, c));
    }
    const Tensor& speaker = largest[0] >= largest[1] ? first : second;
    of_first += largest[0] >= largest[1];
    for (int64_t c = 0; c < 5; ++c) EXPECT_EQ(output.at(n, c), speaker.at(n, c));
  }
  EXPECT_GT(of_first, 0) << "choose another seed: both heads should speak";
  EXPECT_LT(of_first, 8) << "choose another seed: both heads should speak";
}

}  // namespace
}  // namespace lithe
