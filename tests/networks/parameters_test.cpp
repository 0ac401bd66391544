#include "pipelines/graph/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "pipelines/core/threads.h"
#include "pipelines/networks/registry.h"
#include "tests/graph/same_bits.h"

namespace lithe {
namespace {

using test::same_bits;
using testing::HasSubstr;

std::string match_error(const Graph& graph, const Parameters& from) {
  try {
    match_parameters(graph, from);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

TEST(InitialParameters, SameSeedSameBits) {
  const Graph graph = build_network("micronet_m0");
  const Parameters one = initial_parameters(graph, 1);
  set_threads(1);
  EXPECT_TRUE(same_bits(one, initial_parameters(graph, 1)));
  set_threads(0);
  EXPECT_TRUE(same_bits(one, initial_parameters(graph, 1)));
  EXPECT_FALSE(same_bits(one, initial_parameters(graph, 2)));
  // Equal on every machine: written down once.
  EXPECT_EQ(one.at("classifier.2.linear.0.weight").data()[0], -0x1.5d2b86p-8f);
  EXPECT_EQ(one.at("features.0.stem.0.conv.0.weight").data()[17], 0x1.d61a5ap-1f);
}

TEST(InitialParameters, FollowTheStatedDistribution) {
  const Parameters p = initial_parameters(build_network("micronet_m0"), 3);
  const Tensor& w = p.at("classifier.2.linear.0.weight");  // normal(0, 0.01), 640,000 of them
  double sum = 0, squares = 0, tail = 0;
  for (int64_t i = 0; i < w.size(); ++i) {
    const double x = w.data()[i];
    sum += x, squares += x * x, tail += std::abs(x) > 0.02;
  }
  const double n = static_cast<double>(w.size());
  EXPECT_NEAR(sum / n, 0, 5e-5);
  EXPECT_NEAR(std::sqrt(squares / n), 0.01, 3e-5);
  EXPECT_NEAR(tail / n, 0.0455, 0.003);
  for (const char* name : {"features.0.stem.0.conv.1.weight", "features.0.stem.0.conv.1.running_var"}) {
    EXPECT_EQ(p.at(name).data()[1], 1) << name;
  }
  for (const char* name : {"features.0.stem.0.conv.1.bias", "features.0.stem.0.conv.1.running_mean"}) {
    EXPECT_EQ(p.at(name).data()[1], 0) << name;
  }
}

TEST(MatchParameters, StripsWrappersAndIgnoresCounters) {
  const Graph graph = build_network("micronet_m0");
  const Parameters p = initial_parameters(graph, 1);
  std::map<std::string, Tensor> wrapped;
  for (const auto& [name, tensor] : p) wrapped["module." + name] = tensor;
  wrapped["module.features.0.stem.0.conv.1.num_batches_tracked"] = Tensor({}, DType::kI64);
  wrapped["module.optimizer"] = Tensor::filled({3}, 1);
  std::vector<std::string> unused;
  EXPECT_TRUE(same_bits(match_parameters(graph, wrapped, &unused), p));
  EXPECT_THAT(unused, testing::ElementsAre("module.optimizer"));
}

TEST(MatchParameters, KnowsTheClassifierBuiltWithoutDropout) {
  for (const char* network : {"dcd_resnet18", "dcd_mobilenet_v2"}) {
    const Graph graph = build_network(network);
    const Parameters p = initial_parameters(graph, 1);
    std::map<std::string, Tensor> other;
    for (const auto& [name, tensor] : p) {
      const bool classifier = name.compare(0, 13, "classifier.1.") == 0;
      other[classifier ? "classifier.0." + name.substr(13) : name] = tensor;
    }
    EXPECT_TRUE(same_bits(match_parameters(graph, other), p)) << network;
  }
}

TEST(MatchParameters, KnowsThePretrainedTrunkOfDynamicTransfer) {
  const Graph graph = build_network("drt_resnet18");
  const Parameters p = initial_parameters(graph, 1);
  std::map<std::string, Tensor> pretrained;
  for (const auto& [name, tensor] : p) pretrained[name[0] == 'F' ? name : "module.features." + name] = tensor;
  pretrained["module.features.layer1.0.conv_u.weight"] = Tensor::filled({1}, 0);
  std::vector<std::string> unused;
  EXPECT_TRUE(same_bits(match_parameters(graph, pretrained, &unused), p));
  EXPECT_EQ(unused.size(), 1u);
}

TEST(MatchParameters, ListsEveryProblem) {
  const Graph graph = build_network("micronet_m0");
  std::map<std::string, Tensor> p = initial_parameters(graph, 1);
  p.erase("features.4.layers.1.fc.0.bias");
  p["classifier.2.linear.0.bias"] = Tensor::filled({10}, 0);
  const std::string error = match_error(graph, p);
  EXPECT_THAT(error, HasSubstr("2 of 192 tensors do not fit"));
  EXPECT_THAT(error, HasSubstr("features.4.layers.1.fc.0.bias: missing, expected 8"));
  EXPECT_THAT(error, HasSubstr("classifier.2.linear.0.bias: expected 1000, got 10"));
}

TEST(MatchParameters, ConvertsToFloat32) {
  const Graph graph = build_network("micronet_m0");
  std::map<std::string, Tensor> p = initial_parameters(graph, 1);
  Tensor half({1000}, DType::kF64);
  for (int64_t i = 0; i < 1000; ++i) half.data<double>()[i] = 0.5;
  p["classifier.2.linear.0.bias"] = half;
  const Tensor converted = match_parameters(graph, p).at("classifier.2.linear.0.bias");
  EXPECT_EQ(converted.dtype(), DType::kF32);
  EXPECT_EQ(converted.data()[999], 0.5f);
}

}  // namespace
}  // namespace lithe
