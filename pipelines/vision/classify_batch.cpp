#include "pipelines/vision/classify_batch.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "pipelines/core/threads.h"
#include "pipelines/vision/image_error.h"
#include "pipelines/vision/preprocess.h"

namespace lithe {
namespace {

// Milliseconds since construction or the last call.
class Timer {
 public:
  double lap() {
    const auto before = start_;
    start_ = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::milli>(start_ - before).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void set_error(ImageFault fault, const std::string& message, ImageRecord* record) {
  record->error_code = code_of(fault);
  record->error_message = message;
}

bool failed(const ImageRecord& record) { return !record.error_code.empty(); }

}  // namespace

// The one place where an error is caught to continue: a broken image is a record.
void read_one(const std::string& root, const Preprocessing& preprocessing, const DecodeLimits& limits,
              const Tensor& image, ImageRecord* record) try {
  Timer timer;
  const DecodedImage decoded = read_image(root + "/" + record->path, limits);
  record->decode_ms = timer.lap();
  record->width = decoded.width;
  record->height = decoded.height;
  record->oriented_width = decoded.bgr.cols;
  record->oriented_height = decoded.bgr.rows;
  preprocess(preprocessing, decoded.bgr, image);
  record->preprocess_ms = timer.lap();
} catch (const ImageError& e) {
  set_error(e.fault(), e.what(), record);
}

void read_images(const std::string& root, const ClassifySetup& setup, const DecodeLimits& limits, Batch* batch) {
  const Preprocessing& preprocessing = setup.preprocessing;
  const auto count = static_cast<int64_t>(batch->records.size());
  if (batch->buffer.empty() || batch->buffer.dim(0) < count) {
    const Shape shape{count, channels_of(preprocessing), preprocessing.crop_height, preprocessing.crop_width};
    batch->buffer = setup.classifier->reads_row_major(shape) ? Tensor(shape) : Tensor::channels_last(shape);
  }
  const Tensor& images = batch->buffer;
  parallel_for(count, [&](int64_t i) {
    read_one(root, preprocessing, limits, images.images(i, 1), &batch->records[static_cast<size_t>(i)]);
  });
  batch->decode = batch->preprocess = batch->infer = 0;
  int64_t usable = 0;
  for (int64_t i = 0; i < count; ++i) {
    const ImageRecord& record = batch->records[static_cast<size_t>(i)];
    batch->decode += record.decode_ms / 1e3;
    batch->preprocess += record.preprocess_ms / 1e3;
    if (failed(record)) continue;
    if (usable != i) copy(images.images(i, 1), images.images(usable, 1));
    ++usable;
  }
  batch->images = images.images(0, usable);
}

void classify_images(const ClassifySetup& setup, int top, Batch* batch) {
  const int64_t count = batch->images.dim(0);
  if (count == 0) return;
  Timer timer;
  const Tensor scores = setup.classifier->scores(batch->images);
  const double milliseconds = timer.lap();
  batch->infer = milliseconds / 1e3;
  const int64_t classes = scores.dim(1);
  const float* row = scores.data();
  for (ImageRecord& record : batch->records) {
    if (failed(record)) continue;
    record.infer_ms = milliseconds / static_cast<double>(count);
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
