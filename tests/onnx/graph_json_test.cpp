#include "pipelines/formats/graph_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

using Json = nlohmann::json;

TEST(GraphJson, EveryNetworkComesBackAsItWas) {
  for (const Network& network : networks()) {
    const Graph graph = build_network(network.name);
    const std::string json = graph_to_json(graph);
    const Graph back = graph_from_json(json, network.name);
    EXPECT_EQ(graph_to_json(back), json) << network.name;
    ASSERT_EQ(back.nodes.size(), graph.nodes.size());
    EXPECT_EQ(back.parameter_count(), graph.parameter_count());
    EXPECT_EQ(total_madds(back).c(), total_madds(graph).c());
    for (size_t i = 0; i < graph.nodes.size(); ++i) EXPECT_EQ(back.nodes[i].attributes, graph.nodes[i].attributes);
  }
}

Json small() {
  GraphBuilder g("small");
  const ValueId x = g.input("x", {1, 3, 8, 8});
  const ValueId y = g.op("conv2d", "conv", {x, g.parameter("w", {4, 3, 3, 3}, {})}, {{"clamp_min", 0.0}});
  g.output(g.op("clamp", "y", {y}, {{"lo", -HUGE_VAL}, {"hi", 6.0}}));
  return Json::parse(graph_to_json(g.finish()));
}

TEST(GraphJson, KeepsInfinity) {
  const Graph graph = graph_from_json(small().dump(), "file");
  EXPECT_EQ(std::get<double>(graph.nodes[1].attributes.at("lo")), -HUGE_VAL);
  EXPECT_EQ(std::get<double>(graph.nodes[0].attributes.at("clamp_max")), HUGE_VAL);
}

struct PatchDamage {
  const char* name;
  const char* patch;  // JSON patch
  const char* reason;
};
void PrintTo(const PatchDamage& d, std::ostream* out) { *out << d.name; }
class DamagedGraphJson : public testing::TestWithParam<PatchDamage> {};

TEST_P(DamagedGraphJson, IsRefusedWithAReason) {
  const Json damaged = small().patch(Json::parse(GetParam().patch));
  try {
    graph_from_json(damaged.dump(), "file");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(GetParam().reason), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedGraphJson,
    testing::Values(
        PatchDamage{"version", R"([{"op": "replace", "path": "/version", "value": 2}])", "version 1"},
        PatchDamage{"no_nodes", R"([{"op": "remove", "path": "/nodes"}])", "\"nodes\""},
        PatchDamage{"no_outputs", R"([{"op": "replace", "path": "/outputs", "value": []}])", "at least one"},
        PatchDamage{"unknown_operator", R"([{"op": "replace", "path": "/nodes/0/op", "value": "conv2e"}])", "conv2d"},
        PatchDamage{"unknown_input", R"([{"op": "replace", "path": "/nodes/0/inputs/0", "value": "z"}])",
                    "no earlier value"},
        PatchDamage{"input_of_another_type", R"([{"op": "replace", "path": "/nodes/0/inputs/0", "value": 3}])",
                    "no earlier value"},
        PatchDamage{"missing_input", R"([{"op": "replace", "path": "/nodes/0/inputs/1", "value": null}])",
                    "missing input"},
        PatchDamage{"unknown_attribute", R"([{"op": "add", "path": "/nodes/0/attributes/strid", "value": 1}])",
                    "strid"},
        PatchDamage{"huge_attribute",
                    R"([{"op": "replace", "path": "/nodes/0/attributes/stride_h", "value": 4611686018427387904}])",
                    "16777216"},
        PatchDamage{"attribute_beyond_int64",
                    R"([{"op": "replace", "path": "/nodes/0/attributes/stride_h", "value": 18446744073709551615}])",
                    "16777216"},
        PatchDamage{"attribute_of_another_type",
                    R"([{"op": "replace", "path": "/nodes/0/attributes/stride_h", "value": "2"}])",
                    "expected an integer"},
        PatchDamage{"negative_extent", R"([{"op": "replace", "path": "/state/0/shape/0", "value": -4}])",
                    "expected an integer"},
        PatchDamage{"huge_extent", R"([{"op": "replace", "path": "/state/0/shape", "value": [65536, 65536]}])",
                    "out of range"},
        PatchDamage{"other_extent", R"([{"op": "replace", "path": "/inputs/0/shape/1", "value": 4}])", "groups"},
        PatchDamage{"defined_twice", R"([{"op": "replace", "path": "/nodes/0/name", "value": "x"}])", "twice"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(GraphJson, RefusesWhatIsNoJson) { EXPECT_THROW(graph_from_json("{\"version\": 1", "file"), Error); }

}  // namespace
}  // namespace lithe
