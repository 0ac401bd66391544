#include "pipelines/core/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace lithe {
namespace {

Tensor counted(Shape shape) {
  Tensor t(std::move(shape));
  for (int64_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<float>(i);
  return t;
}

TEST(Shape, CountsAndRefusesWhatDoesNotFit) {
  EXPECT_EQ(elements({2, 3, 4}), 24);
  EXPECT_EQ(elements({}), 1);
  EXPECT_EQ(elements({5, 0}), 0);
  EXPECT_THROW(elements({int64_t{1} << 32, int64_t{1} << 31}), Error);
  EXPECT_THROW(elements({-1}), Error);
  EXPECT_EQ(to_string(Shape{1, 3, 224, 224}), "1x3x224x224");
}

TEST(Tensor, LayoutsHoldTheSameElements) {
  const Tensor x = counted({2, 3, 4, 5}), y = Tensor::channels_last({2, 3, 4, 5});
  copy(x, y);
  EXPECT_FALSE(y.row_major());
  for (int64_t n = 0; n < 2; ++n) {
    for (int64_t c = 0; c < 3; ++c) {
      for (int64_t h = 0; h < 4; ++h) {
        for (int64_t w = 0; w < 5; ++w) {
          const auto expected = static_cast<float>(((n * 3 + c) * 4 + h) * 5 + w);
          ASSERT_EQ(y.at(n, c, h, w), expected);
          ASSERT_EQ(y.data()[((n * 4 + h) * 5 + w) * 3 + c], expected);
        }
      }
    }
  }
  EXPECT_EQ(relative_difference(y, x), 0.0);
  const Tensor back({2, 3, 4, 5});
  copy(y, back);
  EXPECT_EQ(relative_difference(back, x), 0.0);
}

TEST(Tensor, MayBeEmptyWithExtentsWhoseProductDoesNotFit) {
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(Tensor({0, huge, huge}).size(), 0);
  EXPECT_EQ(Tensor::channels_last({0, huge, huge, huge}).size(), 0);
}

TEST(Tensor, CopiesEveryElementSize) {
  for (const DType dtype : {DType::kU8, DType::kI16, DType::kI32, DType::kI64}) {
    Tensor x = Tensor({4, 3}, dtype), t({3, 4}, dtype);
    for (int64_t i = 0; i < x.bytes(); ++i) static_cast<char*>(x.raw())[i] = static_cast<char>(i);
    const Tensor turned = Tensor::view(x.raw(), {3, 4}, {1, 3}, dtype, nullptr);
    copy(turned, t);
    const auto size = static_cast<size_t>(size_of(dtype));
    for (size_t i = 0; i < 3; ++i) {
      for (size_t k = 0; k < 4; ++k) {
        for (size_t b = 0; b < size; ++b) {
          ASSERT_EQ(static_cast<char*>(t.raw())[(i * 4 + k) * size + b],
                    static_cast<char*>(x.raw())[(k * 3 + i) * size + b]);
        }
      }
    }
  }
}

TEST(Tensor, ImagesAreViewsOfTheBatch) {
  const Tensor x = counted({4, 2, 3});
  const Tensor part = x.images(1, 2);
  EXPECT_EQ(part.shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(part.data(), x.data() + 6);
  EXPECT_THROW(x.images(3, 2), Error);
}

TEST(Tensor, KnowsItsElementType) {
  const Tensor x({2}, DType::kI64);
  EXPECT_THROW(x.data<float>(), Error);
  EXPECT_NO_THROW(x.data<int64_t>());
}

TEST(RelativeDifference, DividesByTheLargestReferenceButNotByLessThanOne) {
  EXPECT_DOUBLE_EQ(relative_difference(Tensor::of({2}, {1, 102}), Tensor::of({2}, {0, 100})), 2.0 / 100);
  EXPECT_DOUBLE_EQ(relative_difference(Tensor::of({1}, {0.5f}), Tensor::of({1}, {0.25f})), 0.25);
  const float nan = std::nanf("");
  EXPECT_TRUE(std::isinf(relative_difference(Tensor::of({1}, {nan}), Tensor::of({1}, {nan}))));
  EXPECT_TRUE(std::isinf(relative_difference(Tensor({1}), Tensor({2}))));
}

}  // namespace
}  // namespace lithe
