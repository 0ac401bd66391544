#include "pipelines/core/float32.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/formats/floats.h"

namespace lithe {
namespace {

using test::floats;

template <class T>
Tensor filled(DType dtype, const std::vector<T>& values) {
  Tensor t({static_cast<int64_t>(values.size())}, dtype);
  std::copy(values.begin(), values.end(), static_cast<T*>(t.raw()));
  return t;
}

// (-1)^s 2^(e - 15) (1 + m / 1024), and m 2^-24 for e = 0.
double half_value(int bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double magnitude =
      exponent == 0 ? mantissa * std::pow(2.0, -24) : (1 + mantissa / 1024.0) * std::pow(2.0, exponent - 15);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

TEST(Float32, ConvertsEveryHalfExactly) {
  std::vector<uint16_t> all(65536);
  std::iota(all.begin(), all.end(), uint16_t{0});
  const std::vector<float> values = floats(filled(DType::kF16, all));
  for (int bits = 0; bits < 65536; ++bits) {
    const float value = values[static_cast<size_t>(bits)];
    ASSERT_EQ(std::signbit(value), (bits & 0x8000) != 0) << bits;
    if ((bits >> 10 & 31) != 31) {
      ASSERT_EQ(static_cast<double>(value), half_value(bits)) << bits;
    } else if ((bits & 1023) == 0) {
      ASSERT_TRUE(std::isinf(value)) << bits;
    } else {
      ASSERT_TRUE(std::isnan(value)) << bits;
    }
  }
}

TEST(Float32, ConvertsTheOtherTypes) {
  EXPECT_EQ(floats(filled<uint16_t>(DType::kBF16, {0x3f80, 0xc000, 0x7f80, 0x0001})),
            (std::vector<float>{1, -2, std::numeric_limits<float>::infinity(), std::ldexp(1.0f, -133)}));
  EXPECT_EQ(floats(filled<double>(DType::kF64, {0.1, -1e300})),
            (std::vector<float>{0.1f, -std::numeric_limits<float>::infinity()}));
  EXPECT_EQ(floats(filled<int64_t>(DType::kI64, {-5, (1 << 24) + 1})), (std::vector<float>{-5, 1 << 24}));
  EXPECT_EQ(floats(filled<int32_t>(DType::kI32, {INT32_MIN})), (std::vector<float>{-2147483648.0f}));
  EXPECT_EQ(floats(filled<int16_t>(DType::kI16, {-32768})), (std::vector<float>{-32768}));
  EXPECT_EQ(floats(filled<int8_t>(DType::kI8, {-128})), (std::vector<float>{-128}));
  EXPECT_EQ(floats(filled<uint8_t>(DType::kU8, {255})), (std::vector<float>{255}));
  EXPECT_EQ(floats(filled<uint8_t>(DType::kBool, {0, 1, 2})), (std::vector<float>{0, 1, 1}));
}

TEST(Float32, KeepsFloatsAndUndoesStrides) {
  const Tensor x = Tensor::of({2, 3}, {0, 1, 2, 3, 4, 5});
  EXPECT_EQ(to_float32(x).data(), x.data());
  EXPECT_EQ(floats(Tensor::view(x.data(), {3, 2}, {1, 3}, DType::kF32, nullptr)),
            (std::vector<float>{0, 3, 1, 4, 2, 5}));
}

}  // namespace
}  // namespace lithe
