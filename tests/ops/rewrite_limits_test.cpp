// What rewrites must leave as it is: they would not compute the same, or know no values.
#include <gtest/gtest.h>

#include "tests/ops/rewrite_net.h"

namespace lithe {
namespace {

TEST(RewriteLimits, ShuffleStaysBeforeAShiftThatHasNoGroupsWithoutIt) {
  Net net;
  ValueId x = net.g.input("input", {1, 12, 4, 4});
  x = net.shift_max(net.shuffle(net.op("hard_swish", {x}), 3), 2);
  EXPECT_EQ(count(rewritten(net, x), "channel_permute"), 1);
}

TEST(RewriteLimits, ShuffleWithTwoReadersStays) {
  Net net;
  ValueId x = net.shuffle(net.op("hard_swish", {net.conv(net.g.input("input", {1, 12, 4, 4}), 12)}), 4);
  x = net.op("add", {net.conv(x, 12), x});
  EXPECT_EQ(count(rewritten(net, x), "channel_permute"), 1);
}

TEST(RewriteLimits, NormBehindASkipStays) {
  Net net;
  const ValueId x = net.op("relu", {net.conv(net.g.input("input", {1, 4, 4, 4}), 4)});
  const ValueId y = net.norm(net.op("add", {net.conv(x, 4), x}));
  EXPECT_EQ(count(rewritten(net, y), "batch_norm"), 1);
}

// The shift of a latent channel is a bias of the layer behind it only where that reads every channel once.
TEST(RewriteLimits, LatentNormBeforeALinearLayerOfSeveralPixelsStays) {
  for (const int64_t size : {1, 3}) {
    Net net;
    const ValueId x = net.g.input("input", {1, 5, size, size});
    const ValueId latent = net.latent_path(x, net.op("global_avg_pool", {x}));
    const ValueId w = net.g.parameter("w", {7, 4 * size * size}, {});
    EXPECT_EQ(count(rewritten(net, net.op("linear", {latent, w})), "batch_norm"), size > 1);
  }
}

TEST(RewriteLimits, LayersWhoseParametersAreComputedStay) {
  Net net;
  const auto computed = [&] { return net.op("hard_swish", {net.g.parameter(net.fresh("given"), {12}, {})}); };
  ValueId x = net.shuffle(net.g.input("input", {1, 12, 4, 4}), 4);
  const ValueId w = net.g.parameter("w", {12, 1, 3, 3}, {});
  x = net.op("conv2d", {x, w, computed()}, {{"groups", int64_t{12}}, {"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}});
  const ValueId mean = net.g.statistic("running_mean", {12}, {}), var = net.g.statistic("running_var", {12}, {});
  x = net.op("batch_norm", {net.conv(x, 12), computed(), computed(), mean, var});
  const Graph graph = rewritten(net, x);
  EXPECT_EQ(count(graph, "channel_permute"), 1);
  EXPECT_EQ(count(graph, "batch_norm"), 1);
}

}  // namespace
}  // namespace lithe
