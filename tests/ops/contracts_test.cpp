// Wrong use of an operator is an error that says where, what was expected and what came.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/graph/graph.h"

namespace lithe {
namespace {

struct WrongUse {
  std::string op;
  std::vector<Shape> inputs;
  Attributes attributes;
  std::vector<std::string> message;  // what it must speak of
};

using Integers = std::vector<int64_t>;
using Numbers = std::vector<double>;

const WrongUse kWrongUses[] = {
    {"add", {{1, 8, 7, 7}, {1, 8, 7, 6}}, {}, {"add.y", "W is 7 (from x)", "got 6"}},
    {"multiply", {{1, 8, 7, 7}, {1, 8, 7, 1}}, {}, {"y must have the shape of x", "Hy=7"}},
    {"clamp", {{1, 8}}, {{"lo", 0.0}}, {"clamp needs the attribute \"hi\""}},
    {"leaky_relu", {{1, 8}}, {{"slop", 0.1}}, {"no attribute \"slop\"", "slope"}},
    {"batch_norm", {{1, 8, 2, 2}, {8}, {8}, {8}, {4}}, {}, {"batch_norm.var", "C is 8", "got 4"}},
    {"max_pool",
     {{1, 8, 2, 2}},
     {{"kernel_h", int64_t{3}}, {"kernel_w", int64_t{3}}},
     {"must fit", "H=2", "kernel_h=3"}},
    {"max_pool",
     {{1, 8, 4, 4}},
     {{"kernel_h", int64_t{3}}, {"kernel_w", int64_t{3}}, {"pad_h", int64_t{2}}},
     {"at most half the kernel", "pad_h=2"}},
    {"avg_pool",
     {{1, 8, 4, 4}},
     {{"kernel_h", int64_t{2}}, {"kernel_w", int64_t{2}}, {"stride_h", int64_t{0}}},
     {"must be positive", "stride_h=0"}},
    {"adaptive_avg_pool", {{1, 8, 4, 4}}, {{"out_h", int64_t{0}}, {"out_w", int64_t{1}}}, {"must be positive"}},
    {"resize_bilinear", {{1, 8, 4, 4}}, {{"out_h", int64_t{4}}, {"out_w", int64_t{-1}}}, {"must be positive"}},
    {"channel_permute", {{1, 3, 4, 4}}, {{"index", Integers{0, 1, 3}}}, {"from 0 to C - 1", "index=0,1,3"}},
    {"channel_permute", {{1, 3, 4, 4}}, {{"index", Integers{0, 1}}}, {"must hold C channel numbers"}},
    {"dynamic_shift_max", {{1, 6, 4, 4}, {1, 2, 2, 6}}, {{"groups", int64_t{4}}}, {"groups must divide C", "C=6"}},
    {"dynamic_shift_max", {{1, 32, 4, 4}, {1, 2, 2, 24}}, {}, {"dynamic_shift_max.a", "C is 32 (from x)", "got 24"}},
    {"dynamic_shift_max", {{1, 6, 4, 4}, {1, 2, 3, 6}}, {}, {"must be 1 or 2", "J=3"}},
    {"shift_max_coefficients",
     {{1, 10}},
     {{"branches", int64_t{2}}, {"terms", int64_t{2}}, {"offsets", Numbers{1, 0, 1, 0}}},
     {"must divide U", "U=10"}},
    {"shift_max_coefficients",
     {{1, 12}},
     {{"branches", int64_t{2}}, {"terms", int64_t{2}}, {"offsets", Numbers{1, 0}}},
     {"one number per branch and term"}},
    {"phi_product", {{1, 4, 2, 2}, {1, 15}}, {}, {"L * L numbers", "LL=15"}},
    {"channel_scale", {{2, 4, 2, 2}, {1, 4}}, {}, {"channel_scale.s", "N is 2 (from x)", "got 1"}},
    {"dynamic_residual", {{1, 4, 2, 2}, {1, 2}, {4, 4, 1, 1}}, {}, {"one number per residual kernel", "K=2"}},
    {"dynamic_residual", {{1, 4, 2, 2}, {1, 1}, {4, 4, 3, 3}}, {}, {"dynamic_residual.phi", "O C 1 1", "4x4x3x3"}},
    {"matmul", {{1, 4, 3}, {1, 4, 3}}, {}, {"matmul.b", "K is 3", "got 4"}},
    {"concat", {{1, 4, 3, 3}, {1, 4, 3, 2}}, {}, {"concat.xs", "W is 3", "got 2"}},
    {"flatten", {{1, 4, 3, 3, 3}}, {}, {"flatten.x", "N C H W", "1x4x3x3x3"}},
};

TEST(Contracts, SayWhatIsWrong) {
  for (const WrongUse& use : kWrongUses) {
    const Op& op = find_op(use.op);
    try {
      std::vector<const Shape*> shapes;
      for (const Shape& shape : use.inputs) shapes.push_back(&shape);
      op.bind(op.complete(use.attributes, "block.1"), shapes, "block.1");
      ADD_FAILURE() << use.op << " took it; expected: " << use.message.front();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr("block.1")) << use.op;
      for (const std::string& part : use.message) EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
    }
  }
}

}  // namespace
}  // namespace lithe
