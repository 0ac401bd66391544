#include "pipelines/formats/safetensors.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/safetensors_header.h"
#include "pipelines/formats/text.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "safetensors are little-endian, and so are our views of them");

namespace lithe {
namespace {

constexpr uint64_t kLengthBytes = 8, kMaxHeader = 100'000'000;

Tensor tensor_at(const char* bytes, const SafetensorsHeader::Entry& entry, const std::shared_ptr<void>& owner) {
  // The map is read-only; a view has no const form.
  void* data = const_cast<char*>(bytes);
  if (reinterpret_cast<uintptr_t>(bytes) % static_cast<uintptr_t>(size_of(entry.dtype)) == 0) {
    return Tensor::view(data, entry.shape, row_major_strides(entry.shape), entry.dtype, owner);
  }
  Tensor copy(entry.shape, entry.dtype);
  std::memcpy(copy.raw(), data, static_cast<std::size_t>(copy.bytes()));
  return copy;
}

void check_name(const std::string& path, const std::string& name) {
  if (name != "__metadata__" && is_utf8(name)) return;
  throw Error(ErrorKind::kUsage, path + ": a tensor cannot be named " + printable(name) +
                                     " in safetensors: names are UTF-8 and __metadata__ is taken; rename it");
}

}  // namespace

SafetensorsFile parse_safetensors(std::string_view bytes, std::shared_ptr<void> owner, const std::string& where) {
  const auto damaged = [&](const std::string& what) { return Error(ErrorKind::kInput, where + ": " + what); };
  if (bytes.size() < kLengthBytes) {
    throw damaged("expected a safetensors file, found only " + std::to_string(bytes.size()) + " bytes");
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  bytes.remove_prefix(kLengthBytes);
  if (length > kMaxHeader || length > bytes.size()) {
    throw damaged("safetensors header of " + std::to_string(length) + " bytes in a file with " +
                  std::to_string(bytes.size()) + " more; at most " + std::to_string(kMaxHeader) +
                  " are allowed; is this a safetensors file, and is it complete?");
  }
  SafetensorsHeader header = parse_safetensors_header(bytes.substr(0, length), where);
  bytes.remove_prefix(length);
  if (static_cast<uint64_t>(header.data_bytes) != bytes.size()) {
    throw damaged("the safetensors header describes " + std::to_string(header.data_bytes) + " bytes of data, found " +
                  std::to_string(bytes.size()) + "; is the file complete?");
  }
  SafetensorsFile file;
  file.metadata = std::move(header.metadata);
  for (const auto& [name, entry] : header.tensors) {
    file.tensors.emplace(name, tensor_at(bytes.data() + entry.begin, entry, owner));
  }
  return file;
}

SafetensorsFile read_safetensors(const std::string& path) {
  const auto map = std::make_shared<MappedFile>(path);
  return parse_safetensors(map->bytes(), map, path);
}

void write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  using Named = std::map<std::string, Tensor>::const_pointer;
  std::vector<Named> order;
  for (const auto& named : tensors) order.push_back(&named);
  std::stable_sort(order.begin(), order.end(),
                   [](Named a, Named b) { return size_of(a->second.dtype()) > size_of(b->second.dtype()); });

  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  int64_t position = 0;
  for (const Named named : order) {
    check_name(path, named->first);
    const Tensor& tensor = named->second;
    const int64_t end = position + tensor.bytes();
    header[named->first] = {
        {"dtype", name_of(tensor.dtype())}, {"shape", tensor.shape()}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::type_error& error) {
    throw Error(ErrorKind::kUsage, path + ": safetensors metadata must be UTF-8: " + error.what());
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data begins aligned

  write_file(path, [&](const auto& append) {
    const uint64_t length = text.size();
    append({reinterpret_cast<const char*>(&length), sizeof length});
    append(text);
    for (const Named named : order) {
      const Tensor rows = named->second.contiguous();
      append({static_cast<const char*>(rows.raw()), static_cast<std::size_t>(rows.bytes())});
    }
  });
}

}  // namespace lithe
