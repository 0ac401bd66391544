// Parameters and multiply-adds of every network whose counts are published or were counted from its released
// definition.

#include <gtest/gtest.h>

#include "pipelines/networks/registry.h"
#include "tests/networks/parameters_under.h"

namespace lithe {
namespace {

using test::parameters_under;
using Options = std::map<std::string, std::string>;

Madds madds_under(const Graph& graph, const std::string& prefix) {
  const std::vector<Shape> shapes = infer_shapes(graph, input_shapes(graph, 1));
  Madds total;
  for (const Node& node : graph.nodes) {
    if (node.name.compare(0, prefix.size(), prefix) == 0) total += node.op->madds(bind_dims(node, shapes));
  }
  return total;
}

TEST(Counts, MicroNet) {
  struct Row {
    const char* name;
    int64_t parameters, convolution_and_linear, with_shift_max, stem;
  };
  for (const Row& row :
       {Row{"micronet_m0", 1019590, 3448880, 4240720, 602112}, Row{"micronet_m1", 1777587, 5314080, 6363072, 903168},
        Row{"micronet_m2", 2393876, 10338128, 13416112, 1204224},
        Row{"micronet_m3", 2622960, 18236000, 21450400, 1354752}}) {
    SCOPED_TRACE(row.name);
    const Graph graph = build_network(row.name);
    EXPECT_EQ(graph.parameter_count(), row.parameters);
    EXPECT_EQ(total_madds(graph).a(), row.convolution_and_linear);
    EXPECT_EQ(total_madds(graph).c(), row.with_shift_max);
    EXPECT_EQ(madds_under(graph, "features.0").c(), row.stem);
  }
}

TEST(Counts, AStemOfStride1KeepsSmallImagesLarge) {
  const Graph usual = build_network("mobilenet_v2");
  const Graph small = build_network("mobilenet_v2", {{"stem_stride", "1"}, {"input_size", "112"}});
  EXPECT_EQ(small.parameter_count(), usual.parameter_count());
  EXPECT_EQ(total_madds(small).a(), total_madds(usual).a());
  const Graph micro = build_network("micronet_m0", {{"stem_stride", "1"}, {"input_size", "32"}});
  EXPECT_EQ(micro.parameter_count(), build_network("micronet_m0").parameter_count());
  EXPECT_EQ(micro.value(micro.find("features.0")).shape, (Shape{1, 4, 32, 32}));
}

TEST(Counts, AFirstBlockOfStride1KeepsSmallImagesLargeFromThereOn) {
  for (const std::string name : {"mobilenet_v2", "micronet_m1"}) {
    const Graph small = build_network(name, {{"first_stride", "1"}});
    EXPECT_EQ(small.parameter_count(), build_network(name).parameter_count());
    EXPECT_GT(total_madds(small).a(), 3 * total_madds(build_network(name)).a() / 2);
  }
}

TEST(Counts, MicroNetWithoutShiftMax) {
  const Graph g = build_network("micronet_m3", {{"shift_max", "0"}});
  for (const Node& node : g.nodes) EXPECT_NE(node.op->name(), "dynamic_shift_max");
  const Graph dynamic = build_network("micronet_m3");
  EXPECT_LT(g.parameter_count(), dynamic.parameter_count());
  EXPECT_EQ(std::count_if(g.nodes.begin(), g.nodes.end(), [](const Node& n) { return n.op->name() == "relu6"; }),
            std::count_if(dynamic.nodes.begin(), dynamic.nodes.end(), [](const Node& n) {
              return n.op->name() == "relu6" || n.op->name() == "dynamic_shift_max";
            }));
}

// Counted by hand: 0.27M parameters as published; projections instead of padded shortcuts add 2,560 weights.
TEST(Counts, ResNetsForSmallImages) {
  const Graph small = build_network("resnet8"), large = build_network("resnet20");
  EXPECT_EQ(large.parameter_count(), 272474);
  EXPECT_EQ(total_madds(large).a(), 40813184);
  EXPECT_EQ(small.parameter_count(), 78042);
  EXPECT_EQ(total_madds(small).a(), 12501632);
  EXPECT_EQ(build_network("resnet8", {{"width", "2"}}).value(small.find("layer1.0.conv1.weight")).shape,
            (Shape{32, 32, 3, 3}));
}

// The published totals are rounded to 1,000M or 0.1M; the digits behind were counted by an independent implementation.
TEST(Counts, DynamicConvolutionDecomposition) {
  struct Row {
    const char* name;
    Options options;
    int64_t parameters, madds;
  };
  const auto mobile = [](const char* width, const char* fc_squeeze) {
    return Options{{"width", width}, {"fc_squeeze", fc_squeeze}};
  };
  for (const Row& row : {Row{"dcd_resnet18", {}, 14703332, 1884551811}, Row{"dcd_resnet50", {}, 29835056, 4381437986},
                         Row{"dcd_mobilenet_v2", mobile("0.35", "8"), 2267932, 81105240},
                         Row{"dcd_mobilenet_v2", mobile("0.35", "16"), 2099323, 80936631},
                         Row{"dcd_mobilenet_v2", mobile("0.5", "8"), 3056616, 134259336},
                         Row{"dcd_mobilenet_v2", mobile("0.5", "16"), 2664300, 133867020},
                         Row{"dcd_mobilenet_v2", mobile("0.75", "8"), 5122650, 289759615},
                         Row{"dcd_mobilenet_v2", mobile("0.75", "16"), 4081621, 288718586},
                         Row{"dcd_mobilenet_v2", mobile("1.0", "8"), 7452088, 403832600},
                         Row{"dcd_mobilenet_v2", mobile("1.0", "16"), 5720028, 402100540}}) {
    const Graph graph = build_network(row.name, row.options);
    EXPECT_EQ(graph.parameter_count(), row.parameters) << row.name;
    EXPECT_EQ(total_madds(graph).b(), row.madds) << row.name;
    EXPECT_EQ(total_madds(graph).c(), row.madds) << "no additions of a Shift-Max here";
  }
}

TEST(Counts, StaticNetworks) {
  struct Row {
    const char* name;
    Options options;
    int64_t parameters, madds;
  };
  for (const Row& row :
       {Row{"resnet18", {}, 11689512, 1814073344}, Row{"resnet34", {}, 21797672, 3663761408},
        Row{"resnet50", {}, 25557032, 4089184256}, Row{"resnet101", {}, 44549160, 7801405440},
        Row{"mobilenet_v2", {{"width", "0.35"}}, 1677128, 59285808},
        Row{"mobilenet_v2", {{"width", "0.5"}}, 1968680, 97131840},
        Row{"mobilenet_v2", {{"width", "0.75"}}, 2636424, 209069792}, Row{"mobilenet_v2", {}, 3504872, 300774272}}) {
    const Graph graph = build_network(row.name, row.options);
    EXPECT_EQ(graph.parameter_count(), row.parameters) << row.name;
    EXPECT_EQ(total_madds(graph).c(), row.madds) << row.name;
  }
}

TEST(Counts, DynamicTransfer) {
  const Graph graph = build_network("drt_resnet101");
  EXPECT_EQ(parameters_under(graph, "F1."), 3399345);
  EXPECT_EQ(parameters_under(graph, "F2."), 3399345);
  EXPECT_EQ(graph.parameter_count() - 2 * 3399345, 54103824);
  EXPECT_EQ(total_madds(graph).a() - 2 * madds_under(graph, "F1.").a(), 9497022160);
  EXPECT_EQ(54103824 - build_network("resnet101", {{"classes", "1"}}).parameter_count() + 2049, 11603664)
      << "what the dynamic residual adds to the static trunk";
}

// Kernels of p x p, p = 64, 128, 256, 512, four per block of two per layer, and attention C -> C/16 -> 4 of its input.
TEST(Counts, DynamicTransferOnBasicBlocks) {
  int64_t expected = build_network("resnet18").parameter_count() - 1000 * 513;
  for (const auto& [in, planes] : {std::pair<int64_t, int64_t>{64, 64},
                                   {64, 64},
                                   {64, 128},
                                   {128, 128},
                                   {128, 256},
                                   {256, 256},
                                   {256, 512},
                                   {512, 512}}) {
    expected += 4 * planes * planes + in / 16 * (in + 4);
  }
  const Graph graph = build_network("drt_resnet18");
  EXPECT_EQ(graph.parameter_count() - parameters_under(graph, "F"), expected);
}

// Counted by hand for 32 x 32. Stem 3 -> 32, 5 x 5; blocks of 32, 64, 128 channels at 16 x 16, 8 x 8, 4 x 4.
TEST(Counts, DynamicTransferForDigits) {
  const Graph twin = build_network("drt_digits", {{"kernels", "0"}}), graph = build_network("drt_digits");
  const int64_t batch_norms = 2 * (32 + 2 * 32 + 3 * 64 + 3 * 128), projections = 32 * 64 + 64 * 128;
  const int64_t stem = 25 * 3 * 32, first = 9 * 2 * 32 * 32, second = 9 * (32 + 64) * 64, third = 9 * (64 + 128) * 128;
  EXPECT_EQ(twin.parameter_count() - parameters_under(twin, "F"),
            stem + first + second + third + projections + batch_norms);
  const int64_t head = 129 * 256 + 257 * 256 + 257 * 10 + 4 * 256;
  EXPECT_EQ(parameters_under(twin, "F1."), head);
  const int64_t kernels = 4 * (32 * 32 + 64 * 64 + 128 * 128), attention = 4 * (32 + 4) + 4 * (32 + 4) + 4 * (64 + 4);
  EXPECT_EQ(graph.parameter_count() - twin.parameter_count(), kernels + attention);
  EXPECT_EQ(graph.parameter_count(), 600292);
  EXPECT_EQ(total_madds(graph).a() - total_madds(twin).a(),
            4 * (32 * 32 * 256 + 64 * 64 * 64 + 128 * 128 * 16) + attention);
}

TEST(Counts, TheDynamicPartOfTransferIsAChoice) {
  const Graph last = build_network("drt_resnet18", {{"first_dynamic", "4"}});
  EXPECT_EQ(last.find("layer3.0.conv_s1.weight"), kNoValue);
  EXPECT_NE(last.find("layer4.0.conv_s1.weight"), kNoValue);
  const Graph first = build_network("drt_resnet18", {{"last_dynamic", "1"}});
  EXPECT_NE(first.find("layer1.1.conv_s1.weight"), kNoValue);
  EXPECT_EQ(first.find("layer2.0.conv_s1.weight"), kNoValue);
}

TEST(Counts, PublishedFiguresAreOurs) {
  for (const Network& network : networks()) {
    const Graph graph = build_network(network.name);
    const Madds madds = total_madds(graph);
    const std::map<std::string, int64_t> ours = {{"parameters", graph.parameter_count()},
                                                 {"MAdds (a)", madds.a()},
                                                 {"MAdds (b)", madds.b()},
                                                 {"MAdds (c)", madds.c()}};
    for (const Published& figure : network.published) {
      if (figure.what == "top-1 %") continue;
      ASSERT_TRUE(ours.count(figure.what)) << network.name << ": " << figure.what;
      EXPECT_NEAR(static_cast<double>(ours.at(figure.what)), figure.value, 0.07 * figure.value) << network.name;
    }
  }
}

}  // namespace
}  // namespace lithe
