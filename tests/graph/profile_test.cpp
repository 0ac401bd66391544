#include "pipelines/graph/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "pipelines/graph/rewrite.h"
#include "pipelines/networks/registry.h"
#include "tests/graph/small_network.h"

namespace lithe {
namespace {

using testing::ElementsAre;

TEST(Profile, ListsTheStepsInOrder) {
  const SmallNetwork net = small_network();
  const Session session(net.graph, net.parameters);
  const Profile result = profile(session, {random_tensor({1, 3, 9, 11}, 1)}, 3);
  std::vector<std::string> nodes;
  for (const StepProfile& step : result.steps) {
    nodes.push_back(step.node);
    EXPECT_GT(step.seconds, 0);
    EXPECT_LT(step.seconds, 1);
  }
  EXPECT_THAT(nodes, ElementsAre("conv1", "conv2", "swish", "add", "pool", "fc"));
  EXPECT_GT(result.input_seconds, 0);
  EXPECT_GT(result.output_seconds, 0);
}

TEST(Profile, SaysWhatAStepDoesAndMoves) {
  const SmallNetwork net = small_network();
  const Session session(net.graph, net.parameters);
  const StepProfile conv = profile(session, {random_tensor({1, 3, 9, 11}, 1)}, 1).steps.front();
  EXPECT_EQ(conv.op, "conv2d");
  EXPECT_THAT(conv.fused, ElementsAre("bn1", "relu1"));
  EXPECT_EQ(conv.input, (Shape{1, 3, 9, 11}));
  EXPECT_EQ(conv.output, (Shape{1, 20, 5, 6}));
  EXPECT_EQ(conv.madds, 20 * 5 * 6 * 27);
  EXPECT_EQ(conv.bytes, 4 * (3 * 9 * 11 + 20 * 27 + 20 + 20 * 5 * 6));  // image, weights, folded bias, result
}

TEST(Profile, DoesNotChangeTheResult) {
  const SmallNetwork net = small_network();
  const Session session(net.graph, net.parameters);
  const Tensor x = random_tensor({1, 3, 9, 11}, 2);
  const Tensor observed = session.run({x}, [](const Plan&, size_t) {})[0], plain = session.run({x})[0];
  for (int64_t i = 0; i < plain.size(); ++i) EXPECT_EQ(observed.data()[i], plain.data()[i]);
}

// Whatever rewrites do, each node of the network is a node of the plan or was fused into exactly one.
TEST(Profile, NoNodeGetsLost) {
  for (const Network& network : networks()) {
    const Graph graph = build_network(network.name);
    Graph rewritten = graph;
    Parameters parameters = initial_parameters(graph, 1);
    rewrite(rewritten, parameters);
    std::multiset<std::string> seen;
    for (const Node& node : rewritten.nodes) {
      seen.insert(node.name);
      seen.insert(node.fused.begin(), node.fused.end());
    }
    for (const Node& node : graph.nodes) EXPECT_EQ(seen.count(node.name), 1U) << network.name << ": " << node.name;
  }
}

}  // namespace
}  // namespace lithe
