#include "pipelines/graph/weight_memory.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace lithe {
namespace {

TEST(WeightMemory, KeepsCopiesSideBySide) {
  WeightMemory memory;
  const Tensor first = Tensor::of({3}, {1, 2, 3}), second = Tensor::of({2, 2}, {4, 5, 6, 7});
  const Tensor a = memory.keep(first), b = memory.keep(second);
  first.data()[0] = 9;
  EXPECT_EQ(relative_difference(a, Tensor::of({3}, {1, 2, 3})), 0);
  EXPECT_EQ(relative_difference(b, second), 0);
  EXPECT_EQ(static_cast<char*>(b.raw()) - static_cast<char*>(a.raw()), 128);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.raw()) % 128, 0u);
}

TEST(WeightMemory, IsAliveAsLongAsWhatItKeeps) {
  Tensor small, large;
  {
    WeightMemory memory;
    small = memory.keep(Tensor::filled({5}, 1.0f));
    large = memory.keep(Tensor::filled({int64_t{10} << 20}, 2.0f));  // larger than a block
  }
  EXPECT_EQ(small.at(4), 1.0f);
  EXPECT_EQ(large.data()[large.size() - 1], 2.0f);
}

TEST(WeightMemory, LargeMemoryBeginsAtALargePage) {
  constexpr int64_t kPage = int64_t{2} << 20;
  const Tensor small = large_page_memory(100), large = large_page_memory(kPage + 1);
  EXPECT_EQ(small.shape(), Shape({100}));
  EXPECT_EQ(large.shape(), Shape({kPage + 1}));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large.raw()) % kPage, 0u);
}

}  // namespace
}  // namespace lithe
