#include "pipelines/core/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lithe {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Half {
  float (*widen)(uint16_t);
  uint16_t (*narrow)(float);
  uint16_t infinity;
};
constexpr Half kFloat16{from_float16, to_float16, 0x7c00}, kBfloat16{from_bfloat16, to_bfloat16, 0x7f80};

class Halves : public testing::TestWithParam<Half> {};

TEST_P(Halves, EveryNumberComesBack) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    const float wide = GetParam().widen(half);
    if (std::isnan(wide)) {
      EXPECT_TRUE(std::isnan(GetParam().widen(GetParam().narrow(wide))));
    } else {
      ASSERT_EQ(GetParam().narrow(wide), half) << wide;
    }
  }
}

// Between neighbours lies nothing but the middle, which goes to the even one.
TEST_P(Halves, RoundToTheNearestAndHalfwayToEven) {
  for (uint16_t half = 0; half + 1 < GetParam().infinity; ++half) {
    const float low = GetParam().widen(half), high = GetParam().widen(static_cast<uint16_t>(half + 1));
    const float middle = low + (high - low) / 2;  // exact
    const auto even = static_cast<uint16_t>(half + (half & 1));
    const auto sign = static_cast<uint16_t>(0x8000);
    ASSERT_EQ(GetParam().narrow(middle), even) << middle;
    ASSERT_EQ(GetParam().narrow(-middle), even | sign) << -middle;
    ASSERT_EQ(GetParam().narrow(std::nextafter(middle, -kInfinity)), half) << middle;
    ASSERT_EQ(GetParam().narrow(std::nextafter(middle, kInfinity)), half + 1) << middle;
  }
}

TEST_P(Halves, WhatIsTooLargeIsInfinite) {
  const float largest = GetParam().widen(static_cast<uint16_t>(GetParam().infinity - 1));
  const float next = largest + (largest - GetParam().widen(static_cast<uint16_t>(GetParam().infinity - 2))) / 2;
  EXPECT_EQ(GetParam().narrow(std::nextafter(next, 0.0f)), GetParam().infinity - 1);
  EXPECT_EQ(GetParam().narrow(next), GetParam().infinity);
  EXPECT_EQ(GetParam().narrow(-kInfinity), GetParam().infinity | 0x8000);
  EXPECT_TRUE(std::isnan(GetParam().widen(GetParam().narrow(std::nanf("")))));
}

INSTANTIATE_TEST_SUITE_P(Both, Halves, testing::Values(kFloat16, kBfloat16));

TEST(Halves, AreWhatTheirStandardsSay) {
  EXPECT_EQ(to_float16(1), 0x3c00);
  EXPECT_EQ(to_float16(-2), 0xc000);
  EXPECT_EQ(to_float16(65504), 0x7bff);
  EXPECT_EQ(to_float16(5.9604645e-8f), 0x0001);  // 2^-24
  EXPECT_EQ(to_bfloat16(1), 0x3f80);
  EXPECT_EQ(to_bfloat16(3.14159265f), 0x4049);
}

}  // namespace
}  // namespace lithe
