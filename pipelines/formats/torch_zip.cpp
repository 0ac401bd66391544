#include <zip.h>

#include <memory>

#include "pipelines/core/error.h"
#include "pipelines/formats/text.h"
#include "pipelines/formats/torch_archive.h"

namespace lithe::torch {
namespace {

/// Entries of a zip archive in memory, found by name only: no name ever becomes a path.
class Zip {
 public:
  Zip(std::string_view bytes, const std::string& where) : where_(where), budget_(bytes.size()) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (archive == nullptr) {
      if (source != nullptr) zip_source_free(source);
      fail("cannot be opened as a zip archive: " + reason);
    }
    archive_.reset(archive, zip_discard);
  }

  /// The folder of the one entry FOLDER/data.pkl, with its slash.
  std::string folder() const {
    constexpr std::string_view kEnd = "/data.pkl";
    std::string found;
    for (zip_int64_t i = 0, count = zip_get_num_entries(archive_.get(), 0); i < count; ++i) {
      const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      const std::string_view path = name == nullptr ? "" : name;
      if (path.size() <= kEnd.size() || path.find('/') != path.size() - kEnd.size()) continue;
      if (path.substr(path.size() - kEnd.size()) != kEnd) continue;
      if (!found.empty()) fail("holds more than one data.pkl");
      found = path.substr(0, path.size() - kEnd.size() + 1);
    }
    if (found.empty()) fail("is a zip archive without data.pkl: not a PyTorch checkpoint");
    return found;
  }

  bool has(const std::string& name) const { return zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW) >= 0; }

  /// The bytes of an entry, checked against its CRC. PyTorch stores entries as they are, so that all of them together
  /// are never larger than the file: no archive can ask for more memory than that.
  std::shared_ptr<std::vector<char>> read(const std::string& name) {
    zip_stat_t info;
    zip_stat_init(&info);
    if (zip_stat(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW, &info) != 0) fail(printable(name) + " is missing");
    constexpr zip_uint64_t kNeeded = ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((info.valid & kNeeded) != kNeeded || info.comp_method != ZIP_CM_STORE ||
        info.encryption_method != ZIP_EM_NONE) {
      fail(printable(name) + " is compressed or encrypted, which torch.save never does; save the checkpoint again");
    }
    if (info.size > budget_) fail(printable(name) + " and the entries before it are larger than the file");
    budget_ -= info.size;
    auto bytes = std::make_shared<std::vector<char>>(info.size);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive_.get(), info.index, 0),
                                                                 zip_fclose);
    if (file == nullptr) fail(printable(name) + ": " + zip_strerror(archive_.get()));
    zip_uint64_t done = 0;
    while (done < info.size) {
      const zip_int64_t count = zip_fread(file.get(), bytes->data() + done, info.size - done);
      if (count <= 0) fail(printable(name) + ": " + (count == 0 ? "ends early" : zip_file_strerror(file.get())));
      done += static_cast<zip_uint64_t>(count);
    }
    char beyond;  // only a read at the end compares the CRC
    if (zip_fread(file.get(), &beyond, 1) != 0) fail(printable(name) + ": " + zip_file_strerror(file.get()));
    return bytes;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kInput, where_ + ": " + what + "; is the file complete and undamaged?");
  }

 private:
  std::string where_;
  zip_uint64_t budget_;
  std::shared_ptr<zip_t> archive_;
};

}  // namespace

Archive open_zip_archive(std::string_view bytes, const std::string& where) {
  Zip zip(bytes, where);
  const std::string folder = zip.folder();
  if (zip.has(folder + "byteorder")) {
    const auto order = zip.read(folder + "byteorder");
    if (std::string_view(order->data(), order->size()) != "little") zip.fail("is not little-endian");
  }
  const auto text = zip.read(folder + "data.pkl");
  Archive archive;
  archive.pickle = read_pickle({text->data(), text->size()}, where + ": data.pkl");
  archive.load = [zip, folder](const Storage& storage) mutable -> std::shared_ptr<void> {
    const auto storage_bytes = zip.read(folder + "data/" + storage.key);
    const int64_t expected = storage.elements * storage.element_size;
    if (static_cast<int64_t>(storage_bytes->size()) != expected) {
      zip.fail("storage " + printable(storage.key) + " has " + std::to_string(storage_bytes->size()) +
               " bytes, expected " + std::to_string(expected));
    }
    return {storage_bytes, storage_bytes->data()};
  };
  return archive;
}

}  // namespace lithe::torch
