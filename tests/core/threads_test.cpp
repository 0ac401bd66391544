#include "pipelines/core/threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace lithe {
namespace {

TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (const int count : {1, 2, 4}) {
    set_threads(count);
    std::vector<std::atomic<int>> visits(1000);
    parallel_for(1000, [&](int64_t i) { ++visits[static_cast<size_t>(i)]; });
    for (const auto& v : visits) ASSERT_EQ(v, 1);
  }
  set_threads(0);
}

TEST(ParallelFor, PassesExceptionsOn) {
  EXPECT_THROW(parallel_for(100,
                            [](int64_t i) {
                              if (i == 57) throw std::runtime_error("57");
                            }),
               std::runtime_error);
}

TEST(SerialKernels, HoldsForItsThreadAndScope) {
  EXPECT_FALSE(kernels_are_serial());
  {
    const SerialKernels outer;
    { const SerialKernels inner; }
    EXPECT_TRUE(kernels_are_serial());
  }
  EXPECT_FALSE(kernels_are_serial());
}

}  // namespace
}  // namespace lithe
