#include "pipelines/graph/weights_precision.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "pipelines/graph/profile.h"
#include "pipelines/graph/session.h"
#include "tests/graph/small_network.h"

namespace lithe {
namespace {

using testing::HasSubstr;

SessionOptions with(DType weights) { return {true, Device::kCpu, weights}; }

int64_t count(const std::vector<StepProfile>& steps, const std::string& kernel) {
  return std::count_if(steps.begin(), steps.end(), [&](const StepProfile& s) { return s.kernel == kernel; });
}

TEST(WeightsPrecision, IsForKernelsThatReadItAndNoOthers) {
  const SmallNetwork net = small_network();
  const Tensor image = random_tensor({1, 3, 9, 11}, 7);
  const auto steps = [&](DType weights) {
    return profile(Session(net.graph, net.parameters, with(weights)), {image}, 1).steps;
  };
  const std::vector<StepProfile> full = steps(DType::kF32), half = steps(DType::kBF16);
  EXPECT_EQ(count(full, "linear_bf16"), 0);
  EXPECT_EQ(count(half, "linear_bf16"), 1);
  EXPECT_EQ(count(steps(DType::kF16), "linear_f16"), 1);
  ASSERT_EQ(full.size(), half.size());
  for (size_t i = 0; i < full.size(); ++i) {
    const bool linear = half[i].kernel == "linear_bf16";
    EXPECT_TRUE(linear || half[i].kernel == full[i].kernel) << half[i].node;
    EXPECT_EQ(full[i].bytes - half[i].bytes, linear ? 2 * 5 * 20 : 0) << half[i].node;
  }
}

TEST(WeightsPrecision, IsPartOfThePlansHash) {
  const SmallNetwork net = small_network();
  const auto hash = [&](DType weights) {
    return Session(net.graph, net.parameters, with(weights)).plan_hash({{1, 3, 9, 11}});
  };
  EXPECT_NE(hash(DType::kF32), hash(DType::kBF16));
  EXPECT_NE(hash(DType::kF16), hash(DType::kBF16));
}

TEST(WeightsPrecision, ChangesOutputsByItsRoundingOnly) {
  const SmallNetwork net = small_network();
  const Tensor image = random_tensor({2, 3, 33, 20}, 7);
  const auto run = [&](DType weights) { return Session(net.graph, net.parameters, with(weights)).run({image})[0]; };
  const Tensor full = run(DType::kF32);
  const double f16 = relative_difference(run(DType::kF16), full), bf16 = relative_difference(run(DType::kBF16), full);
  EXPECT_GT(f16, 0);
  EXPECT_LT(f16, 1e-3);
  EXPECT_GT(bf16, f16);
  EXPECT_LT(bf16, 1e-2);
}

TEST(WeightsPrecision, NamesTheParameterThatDoesNotFit) {
  SmallNetwork net = small_network();
  const Tensor image = random_tensor({1, 3, 9, 11}, 7);
  const auto error = [&](DType weights, float value) -> std::string {
    net.parameters["fc.weight"].data()[3] = value;
    try {
      Session(net.graph, net.parameters, with(weights)).run({image});
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(error(DType::kF16, 65520), HasSubstr("parameter \"fc.weight\" holds 65520, which F16 cannot"));
  EXPECT_EQ(error(DType::kF16, -65519), "");  // rounds to -65504
  EXPECT_EQ(error(DType::kBF16, 65520), "");
  EXPECT_THAT(error(DType::kBF16, 3.4e38f), HasSubstr("which BF16 cannot"));
  EXPECT_THAT(error(DType::kBF16, std::nanf("")), HasSubstr("fc.weight"));
  EXPECT_EQ(error(DType::kF32, 65520), "");
}

TEST(WeightsPrecision, IsNotForDevices) {
  const SmallNetwork net = small_network();
  try {
    Session(net.graph, net.parameters, {true, Device::kOpenCl, DType::kBF16});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
    EXPECT_THAT(e.what(), HasSubstr("only the processor"));
  }
}

TEST(WeightsPrecision, ReadsItsNames) {
  EXPECT_EQ(weights_precision("f32"), DType::kF32);
  EXPECT_EQ(weights_precision("f16"), DType::kF16);
  EXPECT_EQ(weights_precision("bf16"), DType::kBF16);
  EXPECT_THROW(weights_precision("fp16"), Error);
}

}  // namespace
}  // namespace lithe
