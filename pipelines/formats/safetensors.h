#pragma once
// The safetensors format: 8 bytes of header length (little-endian), a JSON header, the raw tensors without gaps.
// https://github.com/huggingface/safetensors#format

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pipelines/core/tensor.h"

namespace lithe {

struct SafetensorsFile {
  std::map<std::string, Tensor> tensors;        // row-major
  std::map<std::string, std::string> metadata;  // `__metadata__`
};

/// Maps the file; tensors are views of the map and keep it alive. They are read-only: writing to one crashes.
/// Throws Error(kInput) that says which rule of the format is broken and where.
SafetensorsFile read_safetensors(const std::string& path);
/// The same for bytes in memory. Views keep `owner` alive; it may be empty if the caller does that himself. A tensor
/// whose bytes are not aligned for its type is copied. `where` names the bytes in messages.
SafetensorsFile parse_safetensors(std::string_view bytes, std::shared_ptr<void> owner, const std::string& where);

/// Writes atomically; equal arguments give equal bytes. Elements of 8 bytes come first, so that every tensor lies
/// aligned, and names are in order. Throws Error(kUsage) for a name that the format cannot hold, Error(kOutput) if
/// the file cannot be written.
void write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace lithe
