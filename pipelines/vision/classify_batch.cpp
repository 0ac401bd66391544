#include "pipelines/vision/classify_batch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "pipelines/core/clock.h"
#include "pipelines/core/threads.h"
#include "pipelines/vision/image_error.h"
#include "pipelines/vision/preprocess.h"
#include "pipelines/vision/preprocess_cuda.h"

namespace lithe {
namespace {

// Milliseconds since construction or the last call.
class Timer {
 public:
  double lap() {
    const auto before = start_;
    start_ = Clock::now();
    return std::chrono::duration<double, std::milli>(start_ - before).count();
  }

 private:
  Clock::time_point start_ = Clock::now();
};

void set_error(ImageFault fault, const std::string& message, ImageRecord* record) {
  record->error_code = code_of(fault);
  record->error_message = message;
}

bool failed(const ImageRecord& record) { return !record.error_code.empty(); }

void write_image(const ClassifySetup& setup, const cv::Mat& pixels, const Tensor& image) {
  DeviceMemory* const device = setup.classifier->images_on();
  if (device == nullptr) return normalise(setup.preprocessing, pixels, image);
  device->in_cuda_context(image, [&](float* planes) { preprocess_cuda(setup.preprocessing, pixels, planes); });
}

}  // namespace

// The one place where an error is caught to continue: a broken image is a record.
void read_one(const std::string& root, const Preprocessing& preprocessing, const DecodeLimits& limits, cv::Mat* pixels,
              ImageRecord* record, bool whole) try {
  Timer timer;
  const DecodedImage decoded = read_image(root + "/" + record->path, limits);
  record->decode_ms = timer.lap();
  record->width = decoded.width;
  record->height = decoded.height;
  record->oriented_width = decoded.bgr.cols;
  record->oriented_height = decoded.bgr.rows;
  crop_of(preprocessing, decoded.bgr.size());  // throws where the image is too small
  *pixels = whole ? decoded.bgr : cropped(preprocessing, decoded.bgr, *pixels);
  record->preprocess_ms = timer.lap();
} catch (const ImageError& e) {
  set_error(e.fault(), e.what(), record);
}

void read_images(const std::string& root, const ClassifySetup& setup, const DecodeLimits& limits, Batch* batch) {
  const bool whole = setup.classifier->images_on() != nullptr;  // the device does the rest
  batch->pixels.resize(std::max(batch->pixels.size(), batch->records.size()));
  parallel_for(static_cast<int64_t>(batch->records.size()), [&](int64_t i) {
    const auto at = static_cast<size_t>(i);
    read_one(root, setup.preprocessing, limits, &batch->pixels[at], &batch->records[at], whole);
  });
  batch->decode = batch->preprocess = batch->infer = 0;
  for (const ImageRecord& record : batch->records) {
    batch->decode += record.decode_ms / 1e3;
    batch->preprocess += record.preprocess_ms / 1e3;
  }
}

void classify_images(const ClassifySetup& setup, int top, Batch* batch) {
  std::vector<size_t> usable;
  for (size_t i = 0; i < batch->records.size(); ++i) {
    if (!failed(batch->records[i])) usable.push_back(i);
  }
  if (usable.empty()) return;
  Timer timer;
  Shape images = input_shape(setup.preprocessing);
  images[0] = static_cast<int64_t>(usable.size());
  const Tensor scores = setup.classifier->scores(images, [&](int64_t i, const Tensor& image) {
    write_image(setup, batch->pixels[usable[static_cast<size_t>(i)]], image);
  });
  const double milliseconds = timer.lap();
  batch->infer = milliseconds / 1e3;
  const int64_t classes = scores.dim(1);
  const float* row = scores.data();
  for (const size_t i : usable) {
    ImageRecord& record = batch->records[i];
    record.infer_ms = milliseconds / static_cast<double>(usable.size());
    if (std::all_of(row, row + classes, [](float score) { return std::isfinite(score); })) {
      record.top = top_classes(row, classes, setup.classifier->probabilities(), top, setup.labels);
    } else {
      set_error(ImageFault::kNoScores, "the network gave scores that are not numbers", &record);
    }
    row += classes;
  }
}

std::vector<TopClass> top_classes(const float* scores, int64_t classes, bool probabilities, int top,
                                  const std::vector<std::string>& labels) {
  std::vector<int64_t> order(static_cast<size_t>(classes));
  std::iota(order.begin(), order.end(), int64_t{0});
  const auto count = std::min(static_cast<size_t>(top), order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(count), order.end(),
                    [&](int64_t a, int64_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
  const double best = scores[order.front()];
  double sum = 0;
  for (int64_t i = 0; i < classes; ++i) sum += std::exp(scores[i] - best);
  std::vector<TopClass> result;
  for (size_t k = 0; k < count; ++k) {
    const auto index = static_cast<size_t>(order[k]);
    const double probability = probabilities ? scores[index] : std::exp(scores[index] - best) / sum;
    result.push_back({order[k], labels.empty() ? "" : labels[index], std::clamp(probability, 0.0, 1.0)});
  }
  return result;
}

}  // namespace lithe
