// Whole networks against outputs that an independent implementation computed from the same weights. The files are no
// part of the project: LITHE_TEST_DATA names their folder.

#include <gtest/gtest.h>

#include <cstdlib>

#include "pipelines/formats/safetensors.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

class Parity : public testing::TestWithParam<const char*> {};

TEST_P(Parity, WithinOneTenthOfAThousandth) {
  const char* data = std::getenv("LITHE_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "LITHE_TEST_DATA is not set: parity of " << GetParam() << " was not checked";
  const std::string stem = std::string(data) + "/parity/" + GetParam();
  const Graph graph = build_network(GetParam());
  std::vector<std::string> unused;
  const Parameters weights = match_parameters(graph, read_safetensors(stem + ".safetensors").tensors, &unused);
  EXPECT_TRUE(unused.empty()) << unused.front();
  const auto expected = read_safetensors(stem + ".io.safetensors").tensors;

  const Tensor as_written = forward(graph, weights, {expected.at("input")}).output();
  EXPECT_LT(relative_difference(as_written, expected.at("output")), 1e-4);
  const Tensor rewritten = Session(graph, weights).run({expected.at("input")}).at(0);
  EXPECT_LT(relative_difference(rewritten, expected.at("output")), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, Parity, testing::Values("micronet_m0", "micronet_m3"));

}  // namespace
}  // namespace lithe
