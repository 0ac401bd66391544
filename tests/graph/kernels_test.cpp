#include "pipelines/graph/kernels.h"

#include <gtest/gtest.h>

#include "pipelines/core/error.h"

extern "C" void halide_error(void* context, const char* message);  // of Halide's runtime

namespace lithe {
namespace {

std::string error_of(int (*call)(void**)) {
  try {
    call_kernel({"fails", call}, nullptr, "net.node");
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Kernels, AFailureHasItsOwnTextOrNone) {
  const auto with_text = [](void**) {
    halide_error(nullptr, "x has too many dimensions\n");
    return -3;
  };
  const auto without = [](void**) { return -4; };
  const std::string begin = "net.node: kernel fails failed with Halide error ";
  EXPECT_EQ(error_of(with_text), begin + "-3: x has too many dimensions");
  EXPECT_EQ(error_of(without), begin + "-4");
  EXPECT_EQ(halide_message([] { return -5; }), "Halide error -5");
  EXPECT_EQ(halide_message([] { return 0; }), "");
}

}  // namespace
}  // namespace lithe
