#pragma once
// A set that a network learns in a few steps: grey images of 32 x 32, half of them bright above, half of them below.

#include <filesystem>
#include <string>

#include "pipelines/core/file.h"
#include "pipelines/core/random.h"
#include "tests/datasets/folder.h"

namespace lithe::test {

constexpr int kTwoClassesImages = 160;

inline void write_two_classes(const std::string& folder) {
  constexpr int kSize = 32;
  const RandomStream random(7, "pixels");
  std::vector<int> pixels, labels;
  for (int i = 0; i < kTwoClassesImages; ++i) {
    labels.push_back(i % 2);
    for (int p = 0; p < kSize * kSize; ++p) {
      const bool bright = (p / kSize < kSize / 2) == (i % 2 == 0);
      pixels.push_back(static_cast<int>(random.bits(pixels.size()) % 128) + (bright ? 100 : 0));
    }
  }
  std::filesystem::create_directories(folder);
  write_file(folder + "/train-images-idx3-ubyte", idx({kTwoClassesImages, kSize, kSize}, pixels));
  write_file(folder + "/train-labels-idx1-ubyte", idx({kTwoClassesImages}, labels));
}

}  // namespace lithe::test
