// Rewrites around the operators: the rewritten graph computes the same, and what should be gone is gone.
#include <gtest/gtest.h>

#include "tests/ops/rewrite_net.h"

namespace lithe {
namespace {

TEST(Rewrite, ShufflesSinkThroughAMicroBlockIntoItsLastConvolution) {
  Net net;
  ValueId x = net.g.input("input", {1, 32, 6, 5});
  x = net.shuffle(net.conv(x, 48, 1, 4), 4);
  x = net.op("relu6", {net.norm(net.conv(net.op("relu6", {x}), 48, 3, 48))});
  x = net.shuffle(net.shift_max(x, 12), 6);
  x = net.conv(x, 64, 1, 2);
  const Graph graph = rewritten(net, x);
  EXPECT_EQ(count(graph, "channel_permute"), 0);
  EXPECT_EQ(count(graph, "permuted_pointwise"), 2);
  EXPECT_EQ(count(graph, "relu6"), 0);  // both are bounds of a convolution now
}

TEST(Rewrite, ExpandingDepthwisePairIsBlockedWithoutAPermutation) {
  Net net;
  ValueId x = net.g.input("input", {1, 8, 6, 5});
  for (const int64_t width : {16, 32}) x = net.norm(net.conv(x, width, 3, width / 2));
  x = net.conv(net.shuffle(net.shift_max(x, 8), 8), 12, 1, 4);
  const Graph graph = rewritten(net, x);
  EXPECT_EQ(count(graph, "permuted_pointwise"), 1);
  EXPECT_EQ(count(graph, "blocked_depthwise"), 2);
  EXPECT_EQ(count(graph, "channel_permute"), 0);
}

TEST(Rewrite, FactorisedPairsBecomeOneAndReadPermutedChannels) {
  Net net;
  const auto half = [&](ValueId x, int64_t out, bool column, int64_t groups) {
    const std::string name = net.fresh("conv");
    const ValueId w =
        net.g.parameter(name + ".weight", {out, net.g.channels(x) / groups, column ? 5 : 1, column ? 1 : 5}, {});
    return net.norm(net.g.op("conv2d", name, {x, w},
                             {{"groups", groups},
                              {column ? "pad_h" : "pad_w", int64_t{2}},
                              {column ? "stride_h" : "stride_w", int64_t{2}}}));
  };
  ValueId x = net.g.input("input", {1, 3, 23, 21});
  x = net.op("relu6", {net.shuffle(half(half(x, 2, true, 1), 4, false, 2), 2)});
  x = half(half(x, 8, true, 4), 16, false, 8);
  x = net.conv(net.shuffle(net.shift_max(x, 8), 8), 12, 1, 4);
  const Graph graph = rewritten(net, x);
  EXPECT_EQ(count(graph, "factorized_conv"), 2);
  for (const std::string gone : {"conv2d", "channel_permute", "relu6", "batch_norm"}) {
    EXPECT_EQ(count(graph, gone), 0) << gone;
  }
}

TEST(Rewrite, ShuffleRisesIntoAConvolutionThatReadsAllChannelsAnyway) {
  Net net;
  ValueId x = net.shuffle(net.norm(net.conv(net.g.input("input", {1, 12, 4, 4}), 24, 3, 4)), 4);
  x = net.op("add", {net.conv(x, 24), x});
  const Graph graph = rewritten(net, x);
  EXPECT_EQ(count(graph, "channel_permute"), 0);
  EXPECT_EQ(count(graph, "conv2d"), 1);
  EXPECT_EQ(count(graph, "conv2d_add"), 1);
}

TEST(Rewrite, ShuffleAndItsInverseVanish) {
  Net net;
  ValueId x = net.conv(net.g.input("input", {1, 4, 4, 4}), 12);
  x = net.op("sigmoid", {net.shuffle(net.shuffle(x, 4), 3)});
  EXPECT_EQ(count(rewritten(net, x), "channel_permute"), 0);
}

TEST(Rewrite, HardSigmoidBehindALayerMovesIntoIt) {
  Net net;
  const ValueId x = net.g.input("input", {2, 5, 6, 7});
  const ValueId gated = net.op("hard_sigmoid", {net.conv(x, 9)});
  const ValueId gate = net.op("hard_sigmoid", {net.linear(net.op("global_avg_pool", {gated}), 9)}, {{"scale", 2.0}});
  const Graph graph = rewritten(net, net.op("hard_sigmoid", {net.op("channel_scale", {gated, gate})}));
  EXPECT_EQ(count(graph, "hard_sigmoid"), 1);  // the one behind no layer
}

TEST(Rewrite, NormBehindADynamicConvolutionMovesIntoItsKernels) {
  Net net;
  const ValueId y = net.norm(net.dynamic_conv(net.g.input("input", {1, 5, 6, 5}), 7, 3));
  const Graph graph = rewritten(net, net.op("relu", {y}));
  for (const std::string gone : {"batch_norm", "add", "channel_scale", "relu"})
    EXPECT_EQ(count(graph, gone), 0) << gone;
  EXPECT_EQ(count(graph, "scale_add"), 1);
}

TEST(Rewrite, DynamicPointwiseConvolutionIsOneKernel) {
  for (const int64_t size : {2, 15}) {  // few and many pixels
    Net net;
    const ValueId image = net.g.input("input", {1, 5, size, size});
    const Graph graph = rewritten(net, net.op("relu6", {net.norm(net.dynamic_conv(image, 19))}));
    EXPECT_EQ(count(graph, "dynamic_pointwise"), 1);
    for (const std::string gone : {"conv2d", "phi_product", "scale_add", "relu6"})
      EXPECT_EQ(count(graph, gone), 0) << gone;
  }
}

// Though all that they are made of stands before both.
TEST(Rewrite, NeighbouringDynamicPointwiseConvolutionsAreOneKernelEach) {
  Net net;
  const ValueId image = net.g.input("input", {1, 5, 15, 15});
  const Net::DynamicPaths a = net.dynamic_paths(image, 19), b = net.dynamic_paths(image, 19);
  const ValueId y = net.op("add", {a.latent, a.fixed}), z = net.op("add", {b.latent, b.fixed});
  EXPECT_EQ(count(rewritten(net, net.op("add", {y, z})), "dynamic_pointwise"), 2);
}

TEST(Rewrite, ExpandedImagesAreNotStored) {
  Net net;
  ValueId x = net.g.input("input", {1, 6, 9, 8});
  x = net.op("relu6", {net.norm(net.conv(x, 36))});
  x = net.op("relu6", {net.norm(net.conv(x, 36, 3, 36))});
  const Graph graph = rewritten(net, net.norm(net.conv(x, 6)));
  EXPECT_EQ(count(graph, "expand_depthwise"), 1);
  EXPECT_EQ(graph.nodes.size(), 2u);
}

TEST(Rewrite, FirstLayerIsOneKernelWithTheDepthwiseOneBehindIt) {
  for (const bool channels_last : {false, true}) {  // what an operator before it makes is; an image is read as planes
    Net net;
    ValueId x = net.g.input("input", {1, 3, 17, 18});
    if (channels_last) x = net.op("sigmoid", {x});
    const ValueId w = net.g.parameter("stem.weight", {20, 3, 3, 3}, {});
    const Attributes stem{
        {"stride_h", int64_t{2}}, {"stride_w", int64_t{2}}, {"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}};
    x = net.op("relu6", {net.norm(net.op("conv2d", {x, w}, stem))});
    const Graph graph = rewritten(net, net.op("relu6", {net.norm(net.conv(x, 20, 3, 20))}));
    EXPECT_EQ(count(graph, "stem_depthwise"), 1);
    EXPECT_EQ(graph.nodes.size(), channels_last ? 2u : 1u);
  }
}

TEST(Rewrite, DynamicallyExpandedImagesAreNotStored) {
  for (const int64_t size : {2, 15}) {  // few pixels: the latent path is added to each, and the layers stay apart
    Net net;
    const ValueId image = net.g.input("input", {1, 5, size, size});
    const ValueId x = net.op("relu6", {net.norm(net.dynamic_conv(image, 50))});
    const Graph graph = rewritten(net, net.op("relu6", {net.norm(net.conv(x, 50, 3, 50))}));
    EXPECT_EQ(count(graph, "dynamic_expand_depthwise"), size == 15);
    EXPECT_EQ(count(graph, "dynamic_pointwise"), size == 2);
  }
}

TEST(Rewrite, NormBehindADynamicResidualMovesIntoItsKernels) {
  Net net;
  const ValueId u = net.g.input("input", {1, 5, 6, 5});
  const ValueId pi = net.op("softmax", {net.linear(net.op("global_avg_pool", {u}), 2)});
  const ValueId phi1 = net.g.parameter("phi1", {5, 5, 1, 1}, {}), phi2 = net.g.parameter("phi2", {5, 5, 1, 1}, {});
  const ValueId residual = net.op("dynamic_residual", {u, pi, phi1, phi2});
  const ValueId y = net.norm(net.op("add", {net.conv(u, 5, 3), residual}));
  EXPECT_EQ(count(rewritten(net, y), "batch_norm"), 0);
}

TEST(Rewrite, SumOfAResidualBlockMovesIntoItsConvolution) {
  Net net;
  const ValueId x = net.op("relu", {net.conv(net.g.input("input", {1, 4, 9, 8}), 20, 3)});
  const ValueId y = net.op("relu", {net.op("add", {net.norm(net.conv(x, 20, 3)), x})});
  const ValueId shortcut = net.norm(net.conv(y, 40));
  const ValueId z = net.op("relu6", {net.op("add", {shortcut, net.norm(net.conv(y, 40, 3))})});
  const Graph graph = rewritten(net, net.op("add", {z, z}));
  EXPECT_EQ(count(graph, "conv2d_add"), 2);
  EXPECT_EQ(count(graph, "add"), 1);  // its inputs are no convolution's alone
  EXPECT_EQ(count(graph, "relu") + count(graph, "relu6"), 0);
}

}  // namespace
}  // namespace lithe
