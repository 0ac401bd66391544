#include "pipelines/graph/look_ahead.h"

#include <gtest/gtest.h>

namespace lithe {
namespace {

TEST(LookAhead, EveryStepIsToldWhereTheNextWeightsBegin) {
  const Tensor a = Tensor::filled({4}, 1.0f), b = Tensor::filled({2, 3}, 2.0f), c = Tensor::filled({5}, 3.0f);
  std::vector<std::map<std::string, Tensor>> packed = {{{"w", a}}, {}, {{"p", b}, {"w", c}}, {{"w", a}}, {}};
  look_ahead(packed);
  EXPECT_EQ(packed[0].at(kAhead).raw(), b.raw());
  EXPECT_EQ(packed[2].at(kAhead).raw(), a.raw());
  EXPECT_EQ(packed[0].at(kAhead).shape(), Shape({1}));  // so that a call is the same in any network
  EXPECT_EQ(packed[3].count(kAhead), 0u);
  EXPECT_TRUE(packed[1].empty());
  EXPECT_TRUE(packed[4].empty());
}

TEST(LookAhead, KeepsTheWeightsAlive) {
  std::vector<std::map<std::string, Tensor>> packed = {{{"w", Tensor::filled({4}, 1.0f)}},
                                                       {{"w", Tensor::filled({4}, 2.0f)}}};
  look_ahead(packed);
  packed.pop_back();
  EXPECT_EQ(packed[0].at(kAhead).at(0), 2.0f);
}

}  // namespace
}  // namespace lithe
