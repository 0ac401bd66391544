#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"
#include "pipelines/formats/torch_archive.h"

namespace lithe::torch {
namespace {

struct StorageType {
  std::string_view name;  // in the modules torch and torch.cuda
  int64_t element_size;
  std::optional<DType> dtype;
};

constexpr StorageType kStorageTypes[] = {
    {"FloatStorage", 4, DType::kF32},         {"DoubleStorage", 8, DType::kF64},
    {"HalfStorage", 2, DType::kF16},          {"BFloat16Storage", 2, DType::kBF16},
    {"LongStorage", 8, DType::kI64},          {"IntStorage", 4, DType::kI32},
    {"ShortStorage", 2, DType::kI16},         {"CharStorage", 1, DType::kI8},
    {"ByteStorage", 1, DType::kU8},           {"BoolStorage", 1, DType::kBool},
    {"ComplexFloatStorage", 8, std::nullopt}, {"ComplexDoubleStorage", 16, std::nullopt},
    {"QInt8Storage", 1, std::nullopt},        {"QUInt8Storage", 1, std::nullopt},
    {"QInt32Storage", 4, std::nullopt},
};

const StorageType* find_type(std::string_view name) {
  for (const std::string_view module : {"torch.", "torch.cuda."}) {
    if (name.substr(0, module.size()) != module) continue;
    for (const StorageType& type : kStorageTypes) {
      if (name.substr(module.size()) == type.name) return &type;
    }
  }
  return nullptr;
}

}  // namespace

bool is_storage_type(std::string_view global) { return find_type(global) != nullptr; }

Storage parse_storage(const Value& persistent, const std::string& where) {
  const auto check = [&](bool condition, const std::string& what) {
    if (!condition) throw Error(ErrorKind::kInput, where + ": " + what + "; is the file damaged?");
  };
  const Value& id = *persistent.items.at(0);
  const std::vector<const Value*>& parts = id.items;
  check(id.kind == Kind::kTuple && parts.size() >= 5 && parts[0]->text == "storage" &&
            parts[1]->kind == Kind::kGlobal && parts[2]->kind == Kind::kString && parts[4]->kind == Kind::kInteger,
        "expected the id of a storage: (\"storage\", type, key, location, elements)");
  Storage storage;
  storage.type = parts[1]->text;
  storage.key = parts[2]->text;
  storage.elements = storage.count = parts[4]->integer;
  const StorageType* type = find_type(storage.type);
  check(type != nullptr, "storage " + printable(storage.key) + " is of the unknown type " + printable(storage.type));
  storage.element_size = type->element_size;
  storage.dtype = type->dtype;
  check(storage.elements >= 0 && storage.elements <= INT64_MAX / storage.element_size,
        "storage " + printable(storage.key) + " has " + std::to_string(storage.elements) + " elements");
  if (parts.size() > 5 && parts[5]->kind == Kind::kTuple) {  // (view key, first element, elements)
    const std::vector<const Value*>& view = parts[5]->items;
    check(view.size() == 3 && view[1]->kind == Kind::kInteger && view[2]->kind == Kind::kInteger,
          "expected a view of storage " + printable(storage.key) + ": (key, first element, elements)");
    storage.first = view[1]->integer;
    storage.count = view[2]->integer;
    check(storage.first >= 0 && storage.count >= 0 && storage.first <= storage.elements &&
              storage.count <= storage.elements - storage.first,
          "a view lies outside of storage " + printable(storage.key));
  }
  return storage;
}

}  // namespace lithe::torch
