// CIFAR-10 and CIFAR-100 in their binary version (https://www.cs.toronto.edu/~kriz/cifar.html). A record is its labels
// (CIFAR-100: coarse and fine) and 3 planes of 32 x 32 bytes, R G B.

#include <filesystem>

#include "datasets/form.h"
#include "datasets/pixel_set.h"
#include "pipelines/core/file.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

struct Cifar {
  const char *form, *archive_folder, *class_names;
  std::vector<const char*> train, test;
  int classes;
  size_t labels;  // bytes before the pixels, the last of which counts
};
const Cifar kTen{"cifar10",
                 "cifar-10-batches-bin",
                 "batches.meta.txt",
                 {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
                 {"test_batch.bin"},
                 10,
                 1};
const Cifar kHundred{"cifar100", "cifar-100-binary", "fine_label_names.txt", {"train.bin"}, {"test.bin"}, 100, 2};

constexpr size_t kPixels = 3 * 32 * 32;

void append(const std::string& file, const Cifar& cifar, std::vector<uint8_t>* pixels, std::vector<int>* labels) {
  const std::string bytes = read_file(file);
  const size_t record = cifar.labels + kPixels;
  if (bytes.empty() || bytes.size() % record != 0) {
    throw Error(file + ": expected records of " + std::to_string(record) + " bytes, found " +
                std::to_string(bytes.size()) + " bytes; get the file again");
  }
  for (size_t i = 0; i < bytes.size(); i += record) {
    labels->push_back(static_cast<uint8_t>(bytes[i + cifar.labels - 1]));
    const auto begin = bytes.begin() + static_cast<ptrdiff_t>(i + cifar.labels);
    pixels->insert(pixels->end(), begin, begin + kPixels);
  }
}

DatasetPtr open_cifar(const std::string& path, const fs::path& folder, const std::string& split, const Cifar& cifar) {
  DatasetInfo info{cifar.form, path, split, read_names((folder / cifar.class_names).string()), {}, {3, 32, 32}};
  if (info.class_names.size() != static_cast<size_t>(cifar.classes)) {
    throw Error((folder / cifar.class_names).string() + ": expected " + std::to_string(cifar.classes) +
                " names, found " + std::to_string(info.class_names.size()));
  }
  std::vector<uint8_t> pixels;
  for (const char* file : split == "train" ? cifar.train : cifar.test) {
    append((folder / file).string(), cifar, &pixels, &info.labels);
  }
  interleave(info.image, &pixels);
  return pixel_set(std::move(info), std::move(pixels));
}

// In the folder itself or in the one that the archive unpacks to.
std::vector<Split> find_cifar(const std::string& path, const Cifar& cifar) {
  for (const fs::path& folder : {fs::path(path), fs::path(path) / cifar.archive_folder}) {
    if (!fs::exists(folder / cifar.class_names)) continue;
    const auto opener = [&](const char* split) {
      return [path, folder, split, &cifar] { return open_cifar(path, folder, split, cifar); };
    };
    return {{"train", 50000, opener("train")}, {"test", 10000, opener("test")}};
  }
  return {};
}

}  // namespace

extern const DatasetForm kCifar10{
    "cifar10", "a folder with data_batch_1.bin to data_batch_5.bin, test_batch.bin and batches.meta.txt",
    [](const std::string& path) { return find_cifar(path, kTen); }};
extern const DatasetForm kCifar100{"cifar100", "a folder with train.bin, test.bin and fine_label_names.txt",
                                   [](const std::string& path) { return find_cifar(path, kHundred); }};

}  // namespace lithe
