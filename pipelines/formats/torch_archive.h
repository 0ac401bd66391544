#pragma once
// The two containers of PyTorch checkpoints. Both hold a pickle and, beside it, storages that the pickle refers to.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pipelines/core/tensor.h"
#include "pipelines/formats/torch_pickle.h"

namespace lithe::torch {

/// What the persistent id ("storage", torch.FloatStorage, key, location, elements[, view]) says.
struct Storage {
  std::string type;  // "torch.FloatStorage"
  std::string key;
  int64_t elements = 0, element_size = 0;  // of the whole storage
  std::optional<DType> dtype;              // none for a type that we cannot represent (complex, quantised)
  int64_t first = 0, count = 0;            // the part that is meant; old files have views of storages
};

bool is_storage_type(std::string_view global);
/// Throws Error(kInput) if the id is not that of a storage or its size overflows.
Storage parse_storage(const Value& persistent, const std::string& where);

struct Archive {
  Pickle pickle;
  /// The bytes of a storage in memory of their own. Throws Error(kInput) if they are missing or of another size.
  std::function<std::shared_ptr<void>(const Storage&)> load;
};

/// The zip container of torch 1.6 and later. The archive refers to `bytes`.
Archive open_zip_archive(std::string_view bytes, const std::string& where);
/// The stream of five pickles and raw storages of torch 0.2 to 1.5. The archive refers to `bytes`.
Archive open_legacy_archive(std::string_view bytes, const std::string& where);
bool is_legacy_archive(std::string_view bytes);

}  // namespace lithe::torch
