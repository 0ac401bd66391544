// Exported networks in cv::dnn, and read back by ourselves.

#include <gtest/gtest.h>

#include "pipelines/formats/onnx_export.h"
#include "pipelines/formats/onnx_import.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/calibrate.h"
#include "pipelines/networks/registry.h"
#include "pipelines/vision/dnn_layers.h"
#include "tests/onnx/onnx_file.h"
#include "tests/onnx/opencv.h"

namespace lithe {
namespace {

struct Weighted {
  explicit Weighted(const std::string& network)
      : graph(build_network(network)), parameters(seeded_parameters(graph, 1)) {}
  Tensor run(const Tensor& x) const { return Session(graph, parameters).run({x}).front(); }
  Graph graph;
  Parameters parameters;
};

Tensor image() { return noise_images(1, 3, 224, 224, 5); }

class InOpenCv : public testing::TestWithParam<const char*> {};

TEST_P(InOpenCv, Agrees) {
  register_dnn_layers();
  const Weighted net(GetParam());
  const std::string onnx = export_onnx(net.graph, net.parameters, for_opencv());
  EXPECT_LE(relative_difference(run_in_opencv(onnx, image()), net.run(image())), 1e-4);
}
INSTANTIATE_TEST_SUITE_P(Networks, InOpenCv,
                         testing::Values("micronet_m0", "micronet_m1", "micronet_m2", "micronet_m3", "mobilenet_v2",
                                         "resnet18", "dcd_mobilenet_v2", "dcd_resnet18", "drt_resnet18"));

class WithOurLayers : public testing::TestWithParam<const char*> {};

TEST_P(WithOurLayers, OpenCvRunsDynamicNetworks) {
  register_dnn_layers();
  const Weighted net(GetParam());
  OnnxExportOptions options;
  options.own = {"dynamic_shift_max", "shift_max_coefficients", "phi_product",
                 "channel_scale",     "dynamic_residual",       "larger_head"};
  const std::string onnx = export_onnx(net.graph, net.parameters, options);
  EXPECT_LE(relative_difference(run_in_opencv(onnx, image()), net.run(image())), 1e-4);
}
INSTANTIATE_TEST_SUITE_P(Networks, WithOurLayers, testing::Values("micronet_m0", "dcd_resnet18", "drt_resnet18"));

// Read back, standard operators give the same network up to rounding.
TEST(OnnxExport, ReadsBackStandardOperators) {
  for (const char* const name : {"mobilenet_v2", "resnet18"}) {
    const Weighted net(name);
    const OnnxModel back = parse_onnx(export_onnx(net.graph, net.parameters), name);
    const Tensor y = Session(back.graph, back.parameters).run({image()}).front();
    EXPECT_EQ(back.graph.parameter_count(), net.graph.parameter_count()) << name;
    EXPECT_EQ(total_madds(back.graph).a(), total_madds(net.graph).a()) << name;
    EXPECT_LE(relative_difference(y, net.run(image())), 1e-5) << name;
  }
}

// Our own operators come back as they were; numbers such as eps are float32 in ONNX.
TEST(OnnxExport, ReadsBackOwnOperators) {
  OnnxExportOptions options;
  for (const std::string& name : op_names()) options.own.insert(name);
  for (const char* const name : {"micronet_m3", "dcd_resnet18", "drt_resnet18"}) {
    const Weighted net(name);
    const OnnxModel back = parse_onnx(export_onnx(net.graph, net.parameters, options), name);
    ASSERT_EQ(back.graph.nodes.size(), net.graph.nodes.size()) << name;
    for (size_t i = 0; i < net.graph.nodes.size(); ++i) {
      EXPECT_EQ(back.graph.nodes[i].op, net.graph.nodes[i].op) << net.graph.nodes[i].name;
      EXPECT_EQ(back.graph.nodes[i].name, net.graph.nodes[i].name);
    }
    EXPECT_EQ(back.graph.parameter_count(), net.graph.parameter_count()) << name;
    const Tensor y = Session(back.graph, back.parameters).run({image()}).front();
    EXPECT_LE(relative_difference(y, net.run(image())), 1e-5) << name;
  }
}

// Operators in a form that no shipped network has: cells of several sizes, both conventions of the corners.
TEST(OnnxExport, ResizesAndPoolsAsMatrixProducts) {
  for (const int64_t align : {0, 1}) {
    GraphBuilder g("resize");
    ValueId x = g.input("x", {1, 3, 7, 5});
    x = g.op("resize_bilinear", "up", {x}, {{"out_h", int64_t{10}}, {"out_w", int64_t{4}}, {"align_corners", align}});
    g.output(g.op("adaptive_avg_pool", "cells", {x}, {{"out_h", int64_t{4}}, {"out_w", int64_t{3}}}));
    const Graph graph = g.finish();
    const Tensor input = random_tensor({1, 3, 7, 5});
    EXPECT_LE(relative_difference(run_in_opencv(export_onnx(graph, {}), input), Session(graph, {}).run({input})[0]),
              1e-6);
  }
}

TEST(OnnxExport, PermutesChannelsBySplitAndConcat) {
  GraphBuilder g("permute");
  const ValueId x = g.input("x", {1, 6, 2, 3});
  g.output(g.op("channel_permute", "y", {x}, {{"index", std::vector<int64_t>{4, 5, 0, 0, 3, 1}}}));
  const Graph graph = g.finish();
  const Tensor input = random_tensor({1, 6, 2, 3});
  EXPECT_EQ(relative_difference(run_in_opencv(export_onnx(graph, {}), input), Session(graph, {}).run({input})[0]), 0);
}

TEST(OnnxExport, EveryOperatorHasARule) {
  // A graph is exported as written, so operators that only rewrites bring need none.
  for (const Network& network : networks())
    EXPECT_NO_THROW(export_onnx(network.build(NetworkOptions(network.name, network.options, {})), {}));
}

}  // namespace
}  // namespace lithe
