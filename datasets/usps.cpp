// USPS digits, 16 x 16 grey, values in [-1, 1], in two forms:
//   usps.bz2 and usps.t.bz2 of LIBSVM's data sets, the split of the literature: "LABEL 1:VALUE 2:VALUE ... 256:VALUE",
//     where label 1 is the digit 0 and a value that is not named is 0;
//   usps_resampled.mat of Rasmussen and Williams (http://www.gaussianprocess.org/gpml/data), another split: patterns of
//     256 x N numbers, a raster scan each, and labels of 10 x N, +1 for the digit and -1 for the others.

#include <charconv>
#include <cmath>
#include <filesystem>

#include "datasets/compressed.h"
#include "datasets/form.h"
#include "datasets/mat_file.h"
#include "datasets/pixel_set.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPixels = 16 * 16;

DatasetInfo usps_info(const std::string& path, const std::string& split) {
  DatasetInfo info{"usps", path, split, {}, {}, {1, 16, 16}};
  for (int digit = 0; digit < 10; ++digit) info.class_names.push_back(std::to_string(digit));
  return info;
}

uint8_t to_pixel(double value) { return static_cast<uint8_t>(std::lround((value + 1) * 127.5)); }

bool is_value(double value) { return value >= -1 && value <= 1; }

// One line of LIBSVM's text; false if it is something else.
bool read_line(const char* at, const char* end, int* label, uint8_t* pixels) {
  const auto number = [&](auto* value) {
    const auto [last, status] = std::from_chars(at, end, *value);
    at = last;
    return status == std::errc();
  };
  if (!number(label)) return false;
  std::fill_n(pixels, kPixels, to_pixel(0));
  for (;;) {
    while (at != end && (*at == ' ' || *at == '\r')) ++at;
    if (at == end) return true;
    size_t index = 0;
    double value = 0;
    if (!number(&index) || at == end || *at++ != ':' || !number(&value)) return false;
    if (index < 1 || index > kPixels || !is_value(value)) return false;
    pixels[index - 1] = to_pixel(value);
  }
}

DatasetPtr open_text(const std::string& path, const std::string& split, const std::string& file) {
  const std::string text = read_bzip2(file);
  DatasetInfo info = usps_info(path, split);
  std::vector<uint8_t> pixels;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    int label = 0;
    pixels.resize(pixels.size() + kPixels);
    if (!read_line(text.data() + begin, text.data() + end, &label, &pixels[pixels.size() - kPixels])) {
      throw Error(file + ": line " + std::to_string(info.labels.size() + 1) +
                  ": expected \"LABEL 1:VALUE ... 256:VALUE\" with values from -1 to 1");
    }
    info.labels.push_back(label - 1);
    begin = end + 1;
  }
  return pixel_set(std::move(info), std::move(pixels));
}

DatasetPtr open_mat(const std::string& path, const std::string& split, const std::string& file) {
  const MatArray<double> patterns = read_mat_numbers(file, split + "_patterns");
  const MatArray<double> labels = read_mat_numbers(file, split + "_labels");
  if (patterns.shape.size() != 2 || patterns.shape[0] != kPixels || labels.shape != Shape{10, patterns.shape[1]}) {
    throw Error(file + ": expected " + split + "_patterns of 256 x images and " + split +
                "_labels of 10 x images, found " + to_string(patterns.shape) + " and " + to_string(labels.shape));
  }
  DatasetInfo info = usps_info(path, split);
  for (size_t first = 0; first < labels.values.size(); first += 10) {
    int digit = 0;
    while (digit < 10 && labels.values[first + static_cast<size_t>(digit)] <= 0) ++digit;
    info.labels.push_back(digit);
  }
  std::vector<uint8_t> pixels;
  for (const double value : patterns.values) {
    if (!is_value(value)) throw Error(file + ": expected values from -1 to 1, found " + std::to_string(value));
    pixels.push_back(to_pixel(value));
  }
  return pixel_set(std::move(info), std::move(pixels));
}

std::vector<Split> find_usps(const std::string& path) {
  const fs::path folder = path;
  const std::string train = (folder / "usps.bz2").string(), test = (folder / "usps.t.bz2").string();
  if (fs::exists(train) && fs::exists(test)) {
    return {{"train", 7291, [=] { return open_text(path, "train", train); }},
            {"test", 2007, [=] { return open_text(path, "test", test); }}};
  }
  const std::string mat = (folder / "usps_resampled.mat").string();
  if (!fs::exists(mat)) return {};
  return {{"train", 4649, [=] { return open_mat(path, "train", mat); }},
          {"test", 4649, [=] { return open_mat(path, "test", mat); }}};
}

}  // namespace

extern const DatasetForm kUsps{"usps", "a folder with usps.bz2 and usps.t.bz2, or with usps_resampled.mat", find_usps};

}  // namespace lithe
