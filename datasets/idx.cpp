// IDX, the form of MNIST and its family (Fashion-MNIST, KMNIST, MNIST-M): PREFIX-images-idx3-ubyte and
// PREFIX-labels-idx1-ubyte, packed by gzip or not. Images are N H W, or N H W C in an idx4 file.
//   magic: 0 0 8 (unsigned bytes) RANK; one big-endian 32-bit extent per dimension; the bytes, last dimension innermost

#include <algorithm>
#include <filesystem>
#include <map>

#include "datasets/compressed.h"
#include "datasets/form.h"
#include "datasets/pixel_set.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

struct Idx {
  Shape shape;
  std::string bytes;
  size_t first;  // where the elements begin
};

std::string in_words(const Shape& shape, size_t rank) {
  return std::to_string(rank) + " dimensions" + (shape.empty() ? "" : " (" + to_string(shape) + ")");
}

// `rank` 1: labels; 3: images, which may have a fourth dimension.
Idx read_idx(const std::string& path, size_t rank) {
  Idx idx{{}, read_gzip(path), 0};
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(idx.bytes[i]); };
  if (idx.bytes.size() < 4 || byte(0) != 0 || byte(1) != 0 || byte(2) != 8) {
    throw Error(path + ": expected an IDX file of unsigned bytes (it begins with 0 0 8)");
  }
  const size_t found = byte(3);
  idx.first = 4 + 4 * found;
  if (found < 5 && idx.bytes.size() >= idx.first) {
    for (size_t d = 0; d < found; ++d) {
      int64_t extent = 0;
      for (size_t i = 0; i < 4; ++i) extent = extent << 8 | byte(4 + 4 * d + i);
      idx.shape.push_back(extent);
    }
  }
  if (idx.shape.size() != rank && !(rank == 3 && idx.shape.size() == 4)) {
    throw Error(path + ": expected " + in_words({}, rank) + ", found " + in_words(idx.shape, found));
  }
  if (elements(idx.shape) != static_cast<int64_t>(idx.bytes.size() - idx.first)) {
    throw Error(path + ": the header says " + to_string(idx.shape) + ", which is " +
                std::to_string(elements(idx.shape)) + " bytes, but " + std::to_string(idx.bytes.size() - idx.first) +
                " follow; get the file again");
  }
  return idx;
}

DatasetPtr open_idx(const std::string& path, const std::string& split, const std::string& images,
                    const std::string& labels) {
  const Idx pixels = read_idx(images, 3), classes = read_idx(labels, 1);
  if (pixels.shape[0] != classes.shape[0]) {
    throw Error(images + ": holds " + std::to_string(pixels.shape[0]) + " images, but " + labels + " " +
                std::to_string(classes.shape[0]) + " labels; do they belong together?");
  }
  const int64_t channels = pixels.shape.size() == 4 ? pixels.shape[3] : 1;
  if (channels != 1 && channels != 3) {
    throw Error(images + ": expected 1 or 3 channels, found " + std::to_string(channels));
  }
  DatasetInfo info{"idx", path, split, {}, {}, {channels, pixels.shape[1], pixels.shape[2]}};
  for (size_t i = classes.first; i < classes.bytes.size(); ++i) {
    info.labels.push_back(static_cast<uint8_t>(classes.bytes[i]));
  }
  info.class_names = class_names_beside(fs::path(images).parent_path().string(), info.labels);
  return pixel_set(std::move(info), {pixels.bytes.begin() + static_cast<ptrdiff_t>(pixels.first), pixels.bytes.end()});
}

// "train" for "train-images-idx3-ubyte.gz"; "" if the file is none of images.
std::string prefix_of(const std::string& file) {
  for (const char* kind : {"-images-idx3-ubyte", "-images-idx4-ubyte", "-images.idx3-ubyte"}) {
    const size_t at = file.find(kind);
    const std::string rest = at == std::string::npos ? "?" : file.substr(at + std::string(kind).size());
    if (rest.empty() || rest == ".gz") return file.substr(0, at);
  }
  return "";
}

// "svhn-train" begins with "svhn" and with "", not with "sv".
bool begins_with(const std::string& prefix, const std::string& begin) {
  if (prefix.compare(0, begin.size(), begin) != 0) return false;
  return begin.empty() || prefix.size() == begin.size() || prefix[begin.size()] == '-';
}

// The path may end with the beginning of the names: digits/svhn for digits/svhn-train-images-idx4-ubyte.gz.
std::vector<Split> find_idx(const std::string& path) {
  fs::path folder = path;
  std::string begin;
  if (!fs::is_directory(folder)) {
    begin = folder.filename().string();
    folder = folder.has_parent_path() ? folder.parent_path() : fs::path(".");
  }
  if (!fs::is_directory(folder)) return {};
  std::map<std::string, Split> splits;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string(), prefix = prefix_of(file);
    if (prefix.empty() || (file != begin && !begins_with(prefix, begin))) continue;
    const std::string dots = file.find("-images.") == std::string::npos ? "-" : ".";
    const std::string labels = (folder / (prefix + "-labels" + dots + "idx1-ubyte")).string();
    std::string name = file == begin ? prefix : prefix.substr(begin.size());
    name.erase(0, name.find_first_not_of('-'));
    if (name == "t10k") name = "test";  // as MNIST calls its ten thousand
    if (name.empty()) name = "all";
    splits[name] = {name, 0, [path, name, images = entry.path().string(), labels] {
                      return open_idx(path, name, images, fs::exists(labels) ? labels : labels + ".gz");
                    }};
  }
  std::vector<Split> found;
  for (auto& [name, split] : splits) found.push_back(std::move(split));
  std::reverse(found.begin(), found.end());  // train before test
  return found;
}

}  // namespace

extern const DatasetForm kIdx{"idx",
                              "a folder with NAME-images-idx3-ubyte and NAME-labels-idx1-ubyte (idx4: colours), .gz "
                              "or not; or FOLDER/BEGINNING-OF-NAME",
                              find_idx};

}  // namespace lithe
