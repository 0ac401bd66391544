#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

using testing::HasSubstr;

std::string usage_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
    return e.what();
  }
  return "no error";
}

TEST(Registry, NamesTheNearest) {
  EXPECT_THAT(usage_error([] { find_network("micronet_m5"); }), HasSubstr("did you mean \"micronet_m"));
  EXPECT_THAT(usage_error([] {
                build_network("mobilenet_v2", {{"widht", "1"}});
              }),
              HasSubstr("did you mean \"width\""));
}

TEST(Registry, RefusesValues) {
  const auto error = [](const char* option, const char* value) {
    return usage_error([&] { build_network("dcd_mobilenet_v2", {{option, value}}); });
  };
  EXPECT_EQ(error("classes", "0"), "dcd_mobilenet_v2.classes: expected an integer from 1 to 1000000, got \"0\"");
  EXPECT_THAT(error("classes", "10x"), HasSubstr("got \"10x\""));
  EXPECT_THAT(error("classes", "99999999999999999999"), HasSubstr("expected an integer"));
  EXPECT_EQ(error("width", "nan"), "dcd_mobilenet_v2.width: expected a number from 0.10 to 4.00, got \"nan\"");
  EXPECT_THAT(error("fc_squeeze", ""), HasSubstr("got \"\""));
}

TEST(Registry, OptionsReachTheGraph) {
  for (const Network& network : networks()) {
    SCOPED_TRACE(network.name);
    const Graph graph = build_network(network.name, {{"classes", "7"}, {"input_size", "96"}, {"dropout", "0.25"}});
    EXPECT_EQ(graph.name, network.name);
    EXPECT_EQ(graph.value(graph.inputs.at(0)).shape, (Shape{1, 3, 96, 96}));
    EXPECT_EQ(graph.value(graph.inputs.at(0)).name, "input");
    EXPECT_EQ(graph.value(graph.outputs.at(0)).shape, (Shape{1, 7}));
    for (const Node& node : graph.nodes) {
      if (node.op->name() == "dropout") {
        EXPECT_EQ(std::get<double>(node.attributes.at("p")), 0.25);
      }
    }
  }
}

TEST(Registry, AnyBatchAndImageSize) {
  for (const Network& network : networks()) {
    const Graph graph = build_network(network.name);
    const std::vector<Shape> shapes = infer_shapes(graph, {{5, 3, 193, 160}});
    EXPECT_EQ(shapes[static_cast<size_t>(graph.outputs.at(0))].at(0), 5) << network.name;
  }
}

TEST(Registry, EveryNodeHasItsOwnNameAndEveryNetworkOneSummary) {
  for (const Network& network : networks()) {
    EXPECT_FALSE(network.summary.empty());
    for (const NetworkOption& option : network.options) EXPECT_FALSE(option.help.empty()) << option.name;
    EXPECT_NO_THROW(build_network(network.name));  // finish() refuses a name that comes twice
  }
}

}  // namespace
}  // namespace lithe
