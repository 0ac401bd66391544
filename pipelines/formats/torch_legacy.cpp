#include <cstring>
#include <map>

#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"
#include "pipelines/formats/torch_archive.h"

namespace lithe::torch {
namespace {

// The first pickle is the number 0x1950a86a20f9469cfc6c, of ten bytes.
constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);
constexpr int64_t kProtocol = 1001;

Pickle next_pickle(std::string_view* bytes, const std::string& where) {
  Pickle pickle = read_pickle(*bytes, where);
  bytes->remove_prefix(pickle.size);
  return pickle;
}

bool is_big_endian(const Value& system_info) {
  for (const auto& [key, value] : system_info.entries) {
    if (key->text == "little_endian") return value->kind == Kind::kBool && value->integer == 0;
  }
  return false;
}

}  // namespace

bool is_legacy_archive(std::string_view bytes) {
  // PROTO n, possibly FRAME, LONG1 10, the number
  return !bytes.empty() && bytes[0] == '\x80' && bytes.substr(0, 32).find(kMagic) != std::string_view::npos;
}

Archive open_legacy_archive(std::string_view bytes, const std::string& where) {
  const auto check = [&](bool condition, const std::string& what) {
    if (!condition) throw Error(ErrorKind::kInput, where + ": " + what + "; is the file complete?");
  };
  const Pickle magic = next_pickle(&bytes, where);
  check(magic.root->kind == Kind::kBigInteger && magic.root->text == kMagic, "expected a PyTorch checkpoint");
  const Pickle protocol = next_pickle(&bytes, where);
  check(protocol.root->kind == Kind::kInteger && protocol.root->integer == kProtocol,
        "expected version 1001 of the checkpoint format");
  check(!is_big_endian(*next_pickle(&bytes, where).root), "written on a big-endian machine, which is not supported");

  Archive archive;
  archive.pickle = next_pickle(&bytes, where);
  std::map<std::string, Storage> declared;
  for (const Value* persistent : archive.pickle.persistent) {
    const std::vector<const Value*>& id = persistent->items[0]->items;
    if (!id.empty() && id[0]->text == "module") continue;  // a class with its source, never needed
    const Storage storage = parse_storage(*persistent, where);
    const Storage& first = declared.emplace(storage.key, storage).first->second;
    check(first.elements == storage.elements && first.type == storage.type,
          "storage " + printable(storage.key) + " is described in two ways");
  }

  const Pickle keys = next_pickle(&bytes, where);
  check(keys.root->kind == Kind::kList, "expected the list of storages");
  std::map<std::string, std::string_view> storages;
  for (const Value* key : keys.root->items) {
    const auto found = declared.find(key->text);
    check(key->kind == Kind::kString && found != declared.end(),
          "storage " + printable(key->text) + " is listed, but no tensor lies in it");
    int64_t elements = 0;
    check(bytes.size() >= sizeof elements, "ends before storage " + printable(key->text));
    std::memcpy(&elements, bytes.data(), sizeof elements);
    bytes.remove_prefix(sizeof elements);
    check(elements == found->second.elements, "storage " + printable(key->text) + " has " + std::to_string(elements) +
                                                  " elements, expected " + std::to_string(found->second.elements));
    const auto size = static_cast<uint64_t>(elements * found->second.element_size);
    check(bytes.size() >= size, "ends within storage " + printable(key->text));
    check(storages.emplace(key->text, bytes.substr(0, size)).second,
          "storage " + printable(key->text) + " is listed twice");
    bytes.remove_prefix(size);
  }

  archive.load = [storages = std::move(storages), where](const Storage& storage) -> std::shared_ptr<void> {
    const auto found = storages.find(storage.key);
    if (found == storages.end()) {
      throw Error(ErrorKind::kInput,
                  where + ": storage " + printable(storage.key) + " is missing; is the file damaged?");
    }
    // Storages follow each other without alignment, so they are copied.
    auto memory = std::make_shared<std::vector<char>>(found->second.begin(), found->second.end());
    return {memory, memory->data()};
  };
  return archive;
}

}  // namespace lithe::torch
