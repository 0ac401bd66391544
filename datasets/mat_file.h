#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

/// An array of a MATLAB file (version 5 or 7), its first dimension innermost.
template <class T>
struct MatArray {
  Shape shape;
  std::vector<T> values;
};

/// Reads the variable `name`. Throws Error if the file cannot be read, or has no such variable of that type: bytes, or
/// numbers (double or bytes).
MatArray<uint8_t> read_mat_bytes(const std::string& path, const std::string& name);
MatArray<double> read_mat_numbers(const std::string& path, const std::string& name);

}  // namespace lithe
