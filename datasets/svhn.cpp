// SVHN, cropped digits (http://ufldl.stanford.edu/housenumbers, "Format 2"): MATLAB files with X, 32 x 32 x 3 x N
// bytes, and y, N labels of which 10 stands for the digit 0.

#include <filesystem>

#include "datasets/form.h"
#include "datasets/mat_file.h"
#include "datasets/pixel_set.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

// From MATLAB's order (row innermost, then column, channel, image) to rows of interleaved pixels.
std::vector<uint8_t> in_rows(const MatArray<uint8_t>& x) {
  const int64_t height = x.shape[0], width = x.shape[1], channels = x.shape[2], count = x.shape[3];
  std::vector<uint8_t> pixels(x.values.size());
  uint8_t* to = pixels.data();
  for (int64_t n = 0; n < count; ++n) {
    for (int64_t h = 0; h < height; ++h) {
      for (int64_t w = 0; w < width; ++w) {
        for (int64_t c = 0; c < channels; ++c) {
          *to++ = x.values[static_cast<size_t>(((n * channels + c) * width + w) * height + h)];
        }
      }
    }
  }
  return pixels;
}

DatasetPtr open_svhn(const std::string& path, const std::string& split, const std::string& file) {
  const MatArray<uint8_t> x = read_mat_bytes(file, "X");
  const MatArray<double> y = read_mat_numbers(file, "y");
  if (x.shape.size() != 4 || x.shape[2] != 3 || static_cast<int64_t>(y.values.size()) != x.shape[3]) {
    throw Error(file + ": expected X of height x width x 3 x images and as many labels y, found X of " +
                to_string(x.shape) + " and " + std::to_string(y.values.size()) + " labels");
  }
  DatasetInfo info{"svhn", path, split, {}, {}, {3, x.shape[0], x.shape[1]}};
  for (int digit = 0; digit < 10; ++digit) info.class_names.push_back(std::to_string(digit));
  for (const double label : y.values) info.labels.push_back(label == 10 ? 0 : static_cast<int>(label));
  return pixel_set(std::move(info), in_rows(x));
}

std::vector<Split> find_svhn(const std::string& path) {
  const Split kSplits[] = {{"train", 73257, {}}, {"test", 26032, {}}, {"extra", 531131, {}}};
  std::vector<Split> found;
  for (const Split& split : kSplits) {
    const std::string file = (fs::path(path) / (split.name + "_32x32.mat")).string();
    if (!fs::exists(file)) continue;
    found.push_back({split.name, split.published, [=] { return open_svhn(path, split.name, file); }});
  }
  return found;
}

}  // namespace

extern const DatasetForm kSvhn{"svhn", "a folder with train_32x32.mat, test_32x32.mat or extra_32x32.mat", find_svhn};

}  // namespace lithe
