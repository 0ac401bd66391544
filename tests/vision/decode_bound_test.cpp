#include "pipelines/vision/decode_bound.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/vision/samples.h"

namespace lithe::test {
namespace {

TEST(DecodeBound, CountsWhatItReads) {
  const std::filesystem::path folder = testing::TempDir() + "lithe_decode_bound";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "picture.png", std::ios::binary) << encoded(".png", picture(30, 20));
  std::ofstream(folder / "text.png") << "no picture";
  const DecodeBound bound = decode_bound({folder, {"picture.png", "text.png", "nothing.png"}}, {}, 0);
  EXPECT_EQ(bound.images, 3);
  EXPECT_EQ(bound.failures, 2);
  EXPECT_GT(bound.images_per_second(), 0);
  EXPECT_GT(bound.decode, 0);
  EXPECT_GT(bound.preprocess, 0);
  EXPECT_LE(bound.decode + bound.preprocess, bound.seconds * 3) << "of one pass, on no more threads than images";
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lithe::test
