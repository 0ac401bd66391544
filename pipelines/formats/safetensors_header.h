#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "pipelines/core/tensor.h"

namespace lithe {

struct SafetensorsHeader {
  struct Entry {
    DType dtype = DType::kF32;
    Shape shape;
    int64_t begin = 0, end = 0;  // bytes, relative to the end of the header
  };
  std::map<std::string, Entry> tensors;
  std::map<std::string, std::string> metadata;
  int64_t data_bytes = 0;  // of all tensors, which lie one after the other
};

/// Reads the JSON header and checks all that can be checked without the data: names given once, known types, shapes
/// without overflow, sizes that agree, neither holes nor overlaps. Throws Error(kInput).
SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& where);

}  // namespace lithe
