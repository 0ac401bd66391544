#include "pipelines/vision/decode_bound.h"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>

#include "pipelines/core/clock.h"
#include "pipelines/core/threads.h"
#include "pipelines/vision/classify_batch.h"
#include "pipelines/vision/preprocess.h"

namespace lithe {
namespace {}  // namespace

DecodeBound decode_bound(const ImageList& images, const Preprocessing& p, double min_seconds) {
  struct Memory {
    cv::Mat pixels;
    Tensor input;
  };
  tbb::enumerable_thread_specific<Memory> memories([&] { return Memory{{}, Tensor(input_shape(p))}; });
  std::vector<ImageRecord> records(images.names.size());
  const auto count = static_cast<int64_t>(records.size());
  const auto pass = [&] {
    const auto start = Clock::now();
    parallel_for(count, [&](int64_t i) {
      ImageRecord record;
      record.path = images.names[static_cast<size_t>(i)];
      Memory& memory = memories.local();
      read_one(images.root, p, {}, &memory.pixels, &record);
      if (record.error_code.empty()) {
        const auto normalising = Clock::now();
        normalise(p, memory.pixels, memory.input);
        record.preprocess_ms += 1e3 * seconds_since(normalising);
      }
      records[static_cast<size_t>(i)] = std::move(record);
    });
    return seconds_since(start);
  };
  pass();
  DecodeBound best;
  const auto start = Clock::now();
  for (int passes = 0; passes < 3 || seconds_since(start) < min_seconds; ++passes) {
    const double seconds = pass();
    if (passes > 0 && seconds >= best.seconds) continue;
    best = {count, 0, seconds, 0, 0};
    for (const ImageRecord& record : records) {
      best.failures += !record.error_code.empty();
      best.decode += record.decode_ms / 1e3;
      best.preprocess += record.preprocess_ms / 1e3;
    }
  }
  return best;
}

}  // namespace lithe
