#pragma once
// A folder of a test, and the sets that it writes there.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace lithe::test {

/// Empty at first, removed at the end.
class DataTest : public testing::Test {
 protected:
  DataTest() { std::filesystem::create_directories(folder_); }
  ~DataTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  std::string folder_ = testing::TempDir() + "lithe_data_" + std::to_string(::getpid());
};

/// The message of the error that opening a split, or one of its images, brings.
inline std::string error_of(const std::string& where, const std::string& split = "") {
  try {
    const DatasetPtr set = open_dataset(where, split);
    for (int64_t i = 0; i < set->size(); ++i) set->image(i);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

inline std::vector<int> pixels_of(const Image& image) {
  return {image.pixels, image.pixels + image.height * image.width * image.channels};
}

/// An IDX file of bytes.
inline std::string idx(const std::vector<int>& shape, const std::vector<int>& values) {
  std::string bytes{0, 0, 8, static_cast<char>(shape.size())};
  for (const int extent : shape) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(extent >> shift);
  }
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

}  // namespace lithe::test
