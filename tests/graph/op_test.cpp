#include "pipelines/graph/op.h"

#include <gtest/gtest.h>

#include "pipelines/graph/graph.h"

namespace lithe {
namespace {

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Op, NamesTheNearestOperatorAndAttribute) {
  EXPECT_EQ(error_of([] { find_op("conv2"); }), "unknown operator \"conv2\" (did you mean \"conv2d\"?)");
  EXPECT_EQ(error_of([] {
              find_op("conv2d").complete({{"strides_h", int64_t{2}}}, "here");
            }),
            "here: conv2d has no attribute \"strides_h\" (did you mean \"stride_h\"?)");
  EXPECT_EQ(error_of([] {
              find_op("conv2d").complete({{"groups", std::string("two")}}, "here");
            }),
            "here.groups: expected an integer, got a text (two)");
}

TEST(Op, SaysWhichPortsDisagree) {
  const Shape x{1, 8, 5, 5}, weight{4, 8, 3, 3}, bias{5};
  const Op& op = find_op("conv2d");
  const Attributes attributes = op.complete({}, "here");
  EXPECT_EQ(error_of([&] {
              op.bind(attributes, {&x, &weight, &bias}, "here");
            }),
            "here: conv2d.b: O is 4 (from w), got 5 in the shape 5");
  EXPECT_EQ(error_of([&] { op.bind(attributes, {&x, nullptr}, "here"); }), "here: conv2d.w: missing input");
  const Shape small{1, 8, 2, 2};
  EXPECT_NE(error_of([&] {
              op.bind(attributes, {&small, &weight}, "here");
            }).find("larger than the padded image"),
            std::string::npos);
}

TEST(Op, ShapesFollowTheContract) {
  GraphBuilder g("shapes");
  const ValueId x = g.input("input", {1, 8, 9, 10});
  const ValueId y =
      g.op("conv2d", "conv", {x, g.parameter("w", {6, 4, 3, 1}, {})},
           {{"groups", int64_t{2}}, {"stride_h", int64_t{2}}, {"pad_h", int64_t{1}}, {"dilation_h", int64_t{2}}});
  EXPECT_EQ(g.shape(y), (Shape{1, 6, 4, 10}));
  g.output(g.op("linear", "fc", {g.op("relu", "relu", {y}), g.parameter("v", {3, 240}, {})}));
  const Graph graph = g.finish();
  EXPECT_EQ(infer_shapes(graph, input_shapes(graph, 7)).back(), (Shape{7, 3}));
  EXPECT_EQ(total_madds(graph).a(), 6 * 4 * 10 * 4 * 3 + 3 * 240);
}

TEST(Graph, RefusesTwoValuesOfOneName) {
  GraphBuilder g("twice");
  const ValueId x = g.input("input", {1, 2});
  g.output(g.op("relu", "same", {g.op("relu", "same", {x})}));
  EXPECT_THROW(g.finish(), Error);
}

}  // namespace
}  // namespace lithe
