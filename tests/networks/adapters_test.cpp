#include "pipelines/networks/adapters.h"

#include <gmock/gmock.h>

#include "pipelines/core/random.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"
#include "tests/networks/parameters_under.h"

namespace lithe {
namespace {

using test::parameters_under;
using testing::HasSubstr;

// Figures of the released code: all weights of the 1x1 convolutions; those with biases and BatchNorm; the backbone.
TEST(CovNormVgg16, HasThePublishedCounts) {
  const Graph full = build_network("covnorm_vgg16", {{"classes", "10"}});
  EXPECT_EQ(parameters_under(full, "adpater", ".conv1.weight"), 35364864);
  EXPECT_EQ(parameters_under(full, "adpater"), 35426944);
  EXPECT_EQ(full.parameter_count() - parameters_under(full, "adpater") - parameters_under(full, "fc8"), 134260544);
  const Graph plain = build_network("vgg16"), adapted = build_network("covnorm_vgg16");
  EXPECT_EQ(plain.parameter_count(), 138357544);
  EXPECT_EQ(total_madds(plain).a(), 15470264320);
  EXPECT_EQ(adapted.parameter_count(), 138357544 + 35426944);
  // Every adapter has C^2 products per pixel: 64 and 128 channels at 224^2 and 112^2 twice, ...
  const auto squared = [](int64_t a, int64_t b) { return a * a * b * b; };
  const int64_t products = 2 * squared(64, 224) + 2 * squared(128, 112) + 3 * squared(256, 56) + 3 * squared(512, 28) +
                           3 * squared(512, 14) + 2 * squared(4096, 1);
  EXPECT_EQ(total_madds(adapted).a() - total_madds(plain).a(), products);
  EXPECT_EQ(full.value(full.find("adpater6.conv1.weight")).shape, (Shape{4096, 4096, 1, 1}));
  EXPECT_NE(full.find("adpater5_3.bn2.running_var"), kNoValue);
}

TEST(CovNormVgg16, RanksAreAnOptionThatACheckpointTells) {
  const std::string ranks = "2x3,4x5,6x7,8x9,2x3,4x5,6x7,8x9,2x3,4x5,6x7,8x9,2x3,4x5,6x4";
  const Graph graph = build_network("covnorm_vgg16", {{"width", "0.15"}, {"classes", "7"}, {"ranks", ranks}});
  EXPECT_EQ(graph.value(graph.find("adpater1_2.conv_wh.weight")).shape, (Shape{4, 10, 1, 1}));
  EXPECT_EQ(graph.value(graph.find("adpater1_2.conv_MAL.weight")).shape, (Shape{5, 4, 1, 1}));
  EXPECT_EQ(graph.value(graph.find("adpater7.conv_rc.weight")).shape, (Shape{614, 4, 1, 1}));
  std::map<std::string, Shape> shapes;
  for (const ValueId id : graph.state()) shapes[graph.value(id).name] = graph.value(id).shape;
  const auto options = find_network("covnorm_vgg16").options_from(shapes);
  EXPECT_EQ(options.at("ranks"), ranks);
  EXPECT_EQ(options.at("classes"), "7");
  for (const char* wrong : {"2x3", "fulll", "2x3,", "0x1,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2,2x2"}) {
    try {
      build_network("covnorm_vgg16", {{"width", "0.15"}, {"ranks", wrong}});
      FAIL() << wrong;
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("15 pairs like 20x31"));
    }
  }
}

TEST(ResNet26, HasTheLayersOfTheDecathlonsBackbone) {
  const Graph graph = build_network("resnet26");
  EXPECT_EQ(graph.value(graph.find("layer3.3")).shape, (Shape{1, 256, 8, 8}));
  EXPECT_EQ(graph.parameter_count(), 6115080);
  EXPECT_EQ(total_madds(graph).a(), 859432960);
  EXPECT_EQ(
      std::count_if(graph.nodes.begin(), graph.nodes.end(),
                    [&](const Node& n) { return n.op->name() == "conv2d" && graph.value(n.inputs[1]).shape[2] == 3; }),
      25);
}

TEST(Adapters, StandBehindConvolutionsThatMixChannels) {
  const Graph graph = build_network("mobilenet_v2");
  const std::vector<AdapterPlace> places = adapter_places(graph);
  EXPECT_EQ(places.size(), 1 + 1 + 16 * 2 + 1) << "the stem, the first block's projection, pairs, the last layer";
  for (const AdapterPlace& place : places) {
    EXPECT_EQ(place.groups, 1);
    EXPECT_TRUE(place.own_norm);
  }
  EXPECT_EQ(adapter_places(graph, {"features.1.*"}).size(), 1u);
  EXPECT_THROW(adapter_places(graph, {"layer1.*"}), Error);
  for (const AdapterPlace& place : adapter_places(build_network("micronet_m1"))) {
    EXPECT_LT(place.groups, place.channels) << place.convolution;
  }
}

// Full and low-rank adapters start at 0.
TEST(Adapters, ChangeNothingAtFirst) {
  for (const std::string name : {"resnet8", "mobilenet_v2", "micronet_m0", "vgg16"}) {
    SCOPED_TRACE(name);
    std::map<std::string, std::string> options{{"classes", "5"}, {"input_size", "48"}};
    if (name == "vgg16") options["width"] = "0.03";
    const Graph backbone = build_network(name, options);
    const Parameters parameters = seeded_parameters(backbone, 3);
    const Tensor image = noise_images(2, 3, 48, 48, 5);
    const Tensor expected = forward(backbone, parameters, {image}).output();
    const std::vector<AdapterPlace> places = adapter_places(backbone);
    std::map<std::string, AdapterRanks> ranks;
    for (const AdapterPlace& place : places) ranks[place.name] = {1, 2};
    for (const Graph& graph : {with_adapters(backbone, places), with_adapters(backbone, places, ranks)}) {
      Parameters all = initial_parameters(graph, 1);
      for (const auto& [parameter, tensor] : parameters) all.at(parameter) = tensor;
      EXPECT_LT(relative_difference(forward(graph, all, {image}).output(), expected), 1e-4);
    }
  }
}

}  // namespace
}  // namespace lithe
