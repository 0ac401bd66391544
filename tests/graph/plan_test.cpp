#include "pipelines/graph/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "pipelines/graph/rewrite.h"
#include "tests/graph/small_network.h"

namespace lithe {
namespace {

// Two values that are both needed at one step must not share memory, unless one is a view of the other.
void expect_no_overlap(const Graph& graph, const Plan& plan) {
  std::vector<std::set<ValueId>> alive(plan.steps.size() + 1);
  std::vector<int64_t> written(graph.values.size(), -1), read(graph.values.size(), -1);
  const auto root = [&](ValueId id) { return static_cast<size_t>(plan.places[static_cast<size_t>(id)].root); };
  for (const ValueId id : graph.inputs) written[root(id)] = 0;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    const Node& node = graph.nodes[plan.steps[s].node];
    for (const ValueId id : node.outputs) {
      if (written[root(id)] < 0) written[root(id)] = static_cast<int64_t>(s);
    }
    for (const ValueId id : node.inputs) {
      if (id != kNoValue && !graph.value(id).is_state()) read[root(id)] = static_cast<int64_t>(s);
    }
  }
  for (const ValueId id : graph.outputs) read[root(id)] = static_cast<int64_t>(plan.steps.size());
  for (size_t v = 0; v < written.size(); ++v) {
    for (int64_t s = written[v]; written[v] >= 0 && s <= read[v]; ++s) {
      alive[static_cast<size_t>(s)].insert(static_cast<ValueId>(v));
    }
  }
  for (size_t s = 0; s < alive.size(); ++s) {
    for (const ValueId a : alive[s]) {
      const Plan::Place& p = plan.places[static_cast<size_t>(a)];
      ASSERT_GE(p.offset, 0);
      ASSERT_LE(p.offset + elements(p.shape) * 4, plan.arena_bytes);
      for (const ValueId b : alive[s]) {
        const Plan::Place& q = plan.places[static_cast<size_t>(b)];
        if (a == b) continue;
        EXPECT_TRUE(p.offset + elements(p.shape) * 4 <= q.offset || q.offset + elements(q.shape) * 4 <= p.offset)
            << graph.value(a).name << " and " << graph.value(b).name << " overlap at step " << s;
      }
    }
  }
}

TEST(Plan, LiveValuesDoNotShareMemory) {
  const SmallNetwork net = small_network();
  const Plan plan = make_plan(net.graph, {{1, 3, 33, 20}});
  expect_no_overlap(net.graph, plan);
  int64_t all = 0;
  for (const Plan::Place& place : plan.places) all += elements(place.shape) * 4;
  EXPECT_LT(plan.arena_bytes, all / 2);  // memory is recycled
}

TEST(Plan, ElementwiseKernelsWorkInPlaceButNeverOnAnInput) {
  GraphBuilder g("chain");
  const ValueId x = g.input("input", {1, 4, 5, 5});
  const ValueId a = g.op("relu", "a", {x}), b = g.op("relu6", "b", {a}), c = g.op("hard_swish", "c", {b});
  g.output(g.op("add", "sum", {c, x}));
  const Graph graph = g.finish();
  const Plan plan = make_plan(graph, {{1, 4, 5, 5}});
  const auto root = [&](ValueId id) { return plan.places[static_cast<size_t>(id)].root; };
  EXPECT_EQ(root(a), a);
  EXPECT_EQ(root(b), a);
  expect_no_overlap(graph, plan);
}

TEST(Plan, FlatteningImagesCopiesOnlyWhereTheOrderDiffers) {
  GraphBuilder g("flat");
  const ValueId x = g.input("input", {1, 4, 5, 5});
  g.output(g.op("flatten", "flat", {g.op("relu", "r", {x})}));
  const Graph graph = g.finish();
  EXPECT_EQ(make_plan(graph, {{1, 4, 5, 5}}).steps.size(), 2u);
  EXPECT_EQ(make_plan(graph, {{1, 4, 1, 1}}).steps.size(), 1u);
}

TEST(Rewrite, FoldsNormsAndClampsIntoLayers) {
  SmallNetwork net = small_network();
  rewrite(net.graph, net.parameters);
  std::vector<std::string> ops;
  for (const Node& node : net.graph.nodes) ops.push_back(node.op->name());
  const std::vector<std::string> expected{"conv2d",  "conv2d",          "hard_swish", "add",
                                          "dropout", "global_avg_pool", "linear"};
  EXPECT_EQ(ops, expected);
  EXPECT_EQ(std::get<double>(net.graph.nodes[0].attributes.at("clamp_max")), 6.0);
}

TEST(Rewrite, KeepsALayerThatIsReadTwice) {
  GraphBuilder g("shared");
  const ValueId x = g.input("input", {1, 4, 5, 5});
  const ValueId y = g.op("conv2d", "conv", {x, g.parameter("w", {4, 4, 1, 1}, {})});
  g.output(g.op("add", "sum", {g.op("relu", "relu", {y}), y}));
  Graph graph = g.finish();
  Parameters parameters{{"w", random_tensor({4, 4, 1, 1}, 1)}};
  rewrite(graph, parameters);
  EXPECT_EQ(graph.nodes.size(), 3u);
}

}  // namespace
}  // namespace lithe
