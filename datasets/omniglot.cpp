// Omniglot (https://github.com/brendenlake/omniglot): images_background.zip and images_evaluation.zip, or the smaller
// sets of the same kind, with PNG files 105 x 105, black on white: TOP/ALPHABET/CHARACTER/IMAGE.png. A class is a
// character of an alphabet. The files stay packed as PNG (300 bytes each) until they are needed.

#include <zip.h>

#include <filesystem>
#include <map>

#include "datasets/file_set.h"
#include "datasets/form.h"
#include "datasets/image_list.h"
#include "pipelines/vision/decode.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

class PackedSet final : public Dataset {
 public:
  PackedSet(DatasetInfo information, std::vector<std::string> names, std::vector<std::string> files)
      : Dataset(std::move(information)), names_(std::move(names)), files_(std::move(files)) {}
  std::string where(int64_t i) const override { return info().path + ": " + names_[static_cast<size_t>(i)]; }
  Image image(int64_t i) const override try {
    return image_of(decode_image(files_[static_cast<size_t>(i)]).bgr, 1);
  } catch (const Error& e) {
    throw Error(where(i) + ": " + e.what());
  }

 private:
  std::vector<std::string> names_, files_;
};

struct Archive {
  explicit Archive(const std::string& file) : path(file) {
    int code = 0;
    zip.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (zip != nullptr) return;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw Error(file + ": cannot be opened as a zip archive: " + reason);
  }

  /// The bytes of entry i, checked against its CRC.
  std::string read(zip_uint64_t i) const {
    constexpr zip_uint64_t kMost = zip_uint64_t{1} << 24;
    zip_stat_t info;
    zip_stat_init(&info);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(zip.get(), i, 0), zip_fclose);
    if (file == nullptr || zip_stat_index(zip.get(), i, 0, &info) != 0 || info.size > kMost) fail(i);
    std::string bytes(info.size, '\0');
    zip_uint64_t done = 0;
    while (done < info.size) {
      const zip_int64_t count = zip_fread(file.get(), bytes.data() + done, info.size - done);
      if (count <= 0) fail(i);
      done += static_cast<zip_uint64_t>(count);
    }
    char beyond;  // only a read at the end compares the CRC
    if (zip_fread(file.get(), &beyond, 1) != 0) fail(i);
    return bytes;
  }

  [[noreturn]] void fail(zip_uint64_t i) const {
    throw Error(path + ": entry " + std::to_string(i) + " is damaged; get the file again");
  }

  std::string path;
  std::unique_ptr<zip_t, void (*)(zip_t*)> zip{nullptr, zip_discard};
};

// Names by class and file: "Balinese/character01" and "0108_01.png".
DatasetPtr open_zip(const std::string& path, const std::string& split) {
  const Archive archive(path);
  std::map<std::string, std::string> files;
  for (zip_int64_t i = 0, count = zip_get_num_entries(archive.zip.get(), 0); i < count; ++i) {
    const char* entry = zip_get_name(archive.zip.get(), static_cast<zip_uint64_t>(i), 0);
    const std::string name = entry == nullptr ? "" : entry;
    if (is_image_name(name)) files[name.substr(name.find('/') + 1)] = archive.read(static_cast<zip_uint64_t>(i));
  }
  DatasetInfo info{"omniglot", path, split, {}, {}, {}};
  std::vector<std::string> names, classes, bytes;
  for (auto& [name, file] : files) {
    names.push_back(name);
    classes.push_back(name.substr(0, name.rfind('/')));
    bytes.push_back(std::move(file));
  }
  number_classes(classes, &info);
  return std::make_shared<PackedSet>(std::move(info), std::move(names), std::move(bytes));
}

std::vector<Split> find_omniglot(const std::string& path) {
  std::map<std::string, std::string> files;
  const auto consider = [&](const fs::path& file) {
    const std::string stem = file.stem().string(), begin = "images_";
    if (file.extension() == ".zip" && stem.compare(0, begin.size(), begin) == 0) {
      files[stem.substr(begin.size())] = file.string();
    }
  };
  if (fs::is_regular_file(path)) consider(path);
  if (fs::is_directory(path)) {
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) consider(entry.path());
  }
  std::vector<Split> found;
  for (const auto& [name, file] : files) {
    const int64_t published = name == "background" ? 19280 : name == "evaluation" ? 13180 : 0;
    found.push_back({name, published, [split = name, zip = file] { return open_zip(zip, split); }});
  }
  return found;
}

}  // namespace

extern const DatasetForm kOmniglot{"omniglot", "images_background.zip and the like, or a folder of them",
                                   find_omniglot};

}  // namespace lithe
