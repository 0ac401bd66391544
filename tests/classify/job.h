#pragma once
// The classify job on folders of small pictures, with a classifier whose answers are easy to tell.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

#include "pipelines/formats/results.h"
#include "pipelines/formats/run_record.h"
#include "pipelines/vision/classify_job.h"

namespace lithe::test {

inline std::string contents(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

inline void write_bytes(const std::string& file, const std::string& bytes) {
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

/// A PPM of noise around a level that the seed decides.
inline std::string ppm(unsigned seed, int width = 24, int height = 20) {
  std::mt19937 random(seed);
  const unsigned level = random() % 200;
  std::string pixels;
  for (int i = 0; i < width * height * 3; ++i) pixels += static_cast<char>(level + random() % 50);
  return "P6\n" + std::to_string(width) + " " + std::to_string(height) + "\n255\n" + pixels;
}

/// The records without their times, one a line.
inline std::string records(const std::string& folder) {
  std::string result;
  std::istringstream text(contents(results_file(folder)));
  for (std::string line; std::getline(text, line);) {
    auto record = nlohmann::ordered_json::parse(line);
    record.erase("timings");
    result += record.dump() + "\n";
  }
  return result;
}

/// Scores of class k: how near the mean of the image is to k/10.
class MeanClassifier final : public Classifier {
 public:
  static constexpr int64_t kClasses = 10;
  Tensor scores(const Shape& images, const WriteImage& write) override { return one_by_one(*this, images, write); }
  Tensor scores(const Tensor& images) override {
    Tensor result({images.dim(0), kClasses});
    for (int64_t n = 0; n < images.dim(0); ++n) {
      double sum = 0;
      const Tensor image = images.images(n, 1).contiguous();
      for (int64_t i = 0; i < image.size(); ++i) sum += image.data()[i];
      const double mean = sum / static_cast<double>(image.size());
      for (int64_t k = 0; k < kClasses; ++k) {
        result.at(n, k) = static_cast<float>(-std::abs(mean - static_cast<double>(k) / 10) * 20);
      }
      if (mean < nan_below) result.at(n, 3) = std::numeric_limits<float>::quiet_NaN();
    }
    return result;
  }
  bool probabilities() const override { return false; }
  std::string plan_hash(const Shape&) const override { return plan; }

  double nan_below = -1;
  std::string plan = "plan";
};

/// Stops the job after some inputs.
class StopAfter final : public Progress {
 public:
  explicit StopAfter(int64_t count = std::numeric_limits<int64_t>::max()) : count_(count) {}
  void begin(int64_t all, int64_t earlier) override { total = all, already = earlier; }
  void advance(int64_t more, int64_t failures) override { done += more, failed += failures; }
  void message(const std::string& text) override { messages.push_back(text); }
  bool interrupted() const override { return done >= count_; }

  std::atomic<int64_t> done{0}, failed{0};
  int64_t total = 0, already = 0;
  std::vector<std::string> messages;

 private:
  int64_t count_;
};

class JobTest : public testing::Test {
 protected:
  JobTest() {
    std::filesystem::create_directories(images_.root);
    options_.model = "means";
    options_.output = folder_ + "/out";
    options_.batch = 4;
    options_.top = 3;
    setup_.preprocessing.resize_to = setup_.preprocessing.crop_height = setup_.preprocessing.crop_width = 8;
    setup_.preprocessing.mean = {0, 0, 0};
    setup_.preprocessing.std = {255, 255, 255};
    setup_.network = "means";
    setup_.hash = "0123";
    auto classifier = std::make_unique<MeanClassifier>();
    classifier_ = classifier.get();
    setup_.classifier = std::move(classifier);
  }
  ~JobTest() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& name, const std::string& bytes) {
    write_bytes(images_.root + "/" + name, bytes);
    images_.names.push_back(name);
  }
  void add_pictures(int count) {
    for (int i = 0; i < count; ++i) add(std::to_string(1000 + i) + ".ppm", ppm(static_cast<unsigned>(i)));
  }

  Summary run(Progress& progress) { return run_classify(options_, setup_, images_, progress); }
  Summary run() {
    StopAfter never;
    return run(never);
  }
  std::string records_here() const { return records(options_.output); }
  /// The message of an error of that kind.
  std::string error(ErrorKind kind) {
    try {
      run();
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), kind) << e.what();
      return e.what();
    }
    return "no error";
  }

  std::string folder_ = testing::TempDir() + "lithe_classify_" + std::to_string(::getpid());
  ImageList images_{folder_ + "/images", {}};
  ClassifyOptions options_;
  ClassifySetup setup_;
  MeanClassifier* classifier_ = nullptr;
};

}  // namespace lithe::test
