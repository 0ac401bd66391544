#pragma once
// From what a pickle says about a tensor to the tensor.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "pipelines/core/tensor.h"
#include "pipelines/formats/torch_archive.h"

namespace lithe::torch {

/// Whether the value is a call that gives a tensor or a parameter.
bool is_tensor(const Value& value);
/// Whether a class or function is one that this folder understands; all others are placeholders.
bool is_known(const std::string& global);

/// Tensors of one archive. Those that share a storage share its memory.
class TensorReader {
 public:
  /// No set of tensors may describe more than `limit` bytes, counting shared ones each time.
  TensorReader(Archive* archive, int64_t limit, const std::string& where)
      : archive_(archive), remaining_(limit), where_(where) {}

  /// The tensor, a view with the strides of the file; empty if its type is not supported, which `reason` then names.
  /// Throws Error(kInput) if it does not lie within its storage. `name` is for messages.
  Tensor read(const Value& value, const std::string& name, std::string* reason);

 private:
  Archive* archive_;
  int64_t remaining_;
  const std::string& where_;
  std::map<std::string, std::pair<int64_t, std::shared_ptr<void>>> storages_;  // bytes and memory, by key
};

}  // namespace lithe::torch
