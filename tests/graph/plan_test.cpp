#include "pipelines/graph/plan.h"

#include <gtest/gtest.h>

#include <set>

#include "pipelines/graph/rewrite.h"
#include "pipelines/graph/session.h"
#include "tests/graph/small_network.h"

namespace lithe {
namespace {

// Two values that are both needed at one step must not share memory, unless one is a view of the other.
void expect_no_overlap(const Graph& graph, const Plan& plan) {
  std::vector<std::set<ValueId>> alive(plan.steps.size() + 1);
  std::vector<int64_t> written(plan.places.size(), -1), read(plan.places.size(), -1);
  const auto root = [&](ValueId id) { return static_cast<size_t>(plan.places[static_cast<size_t>(id)].root); };
  for (const ValueId id : graph.inputs) written[root(id)] = 0;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    const Plan::Step& step = plan.steps[s];
    for (const ValueId id : step.outputs) {
      if (written[root(id)] < 0) written[root(id)] = static_cast<int64_t>(s);
    }
    for (const ValueId id : step.inputs) {
      if (id != kNoValue && plan.places[static_cast<size_t>(id)].root != kNoValue)
        read[root(id)] = static_cast<int64_t>(s);
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
            << a << " and " << b << " overlap at step " << s;
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

// A pair that is computed in planes, between convolutions that are not, and a skip around it.
Graph mixed_layouts(Parameters* parameters) {
  GraphBuilder g("mixed");
  const auto conv = [&](const std::string& name, ValueId x, Shape kernel, Attributes attributes) {
    (*parameters)[name + ".weight"] = random_tensor(kernel, static_cast<unsigned>(name.size()));
    return g.op("conv2d", name, {x, g.parameter(name + ".weight", kernel, {})}, std::move(attributes));
  };
  const ValueId x = g.input("input", {1, 6, 9, 11});
  const ValueId column = conv("column", x, {6, 1, 3, 1}, {{"groups", int64_t{6}}, {"pad_h", int64_t{1}}});
  const ValueId pair = conv("row", column, {6, 1, 1, 3}, {{"groups", int64_t{6}}, {"pad_w", int64_t{1}}});
  const ValueId dense = conv("dense", pair, {6, 6, 3, 3}, {{"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}});
  g.output(g.op("add", "sum", {dense, pair}));
  Graph graph = g.finish();
  rewrite(graph, *parameters);
  return graph;
}

TEST(Plan, TakesTheImageInTheLayoutOfItsFirstReader) {
  Parameters parameters;
  const Graph graph = mixed_layouts(&parameters);
  const Plan plan = make_plan(graph, {{1, 6, 9, 11}});
  EXPECT_EQ(plan.places[static_cast<size_t>(graph.inputs[0])].strides, row_major_strides({1, 6, 9, 11}));
}

TEST(Plan, CopiesOnceWhereLayoutsMeet) {
  Parameters parameters;
  const Graph graph = mixed_layouts(&parameters);
  const Plan plan = make_plan(graph, {{1, 6, 9, 11}});
  std::vector<std::string> kernels;
  for (const Plan::Step& step : plan.steps) kernels.push_back(step.kernel == nullptr ? "copy" : step.kernel->name);
  EXPECT_EQ(kernels, (std::vector<std::string>{"factorized_conv_3", "copy", "conv2d_narrow", "add"}));
  expect_no_overlap(graph, plan);
}

TEST(Plan, MixedLayoutsGiveTheResultsOfOne) {
  Parameters parameters;
  const Graph graph = mixed_layouts(&parameters);
  const Tensor x = random_tensor({2, 6, 9, 11}, 7);
  const Tensor expected = forward(graph, parameters, {x}).output();
  const Session session(graph, parameters, {/*rewrite=*/false});
  EXPECT_LE(relative_difference(session.run({x})[0], expected), 1e-6);
  const Tensor innermost = Tensor::channels_last(x.shape());
  copy(x, innermost);
  EXPECT_EQ(relative_difference(session.run({innermost})[0], session.run({x})[0]), 0);
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
