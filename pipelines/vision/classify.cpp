#include "pipelines/vision/classify.h"

#include <tbb/parallel_pipeline.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/core.hpp>

#include "pipelines/core/clock.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/formats/journal.h"
#include "pipelines/formats/results.h"
#include "pipelines/formats/run_record.h"
#include "pipelines/vision/classify_batch.h"
#include "pipelines/vision/classify_job.h"
#include "pipelines/vision/classify_setup.h"

namespace lithe {
namespace {

void check_options(const ClassifyOptions& o) {
  check_usage(o.engine == "halide" || o.engine == "opencv", "--engine: expected halide or opencv, found " + o.engine);
  check_usage(o.engine == "halide" || o.device == "cpu", "--device: is for Lithe's own engine; leave out --engine");
  check_usage(o.engine == "halide" || o.weights_precision == "f32",
              "--weights-precision: is for Lithe's own engine; leave out --engine");
  check_usage(o.batch >= 1 && o.batch <= 4096, "--batch: expected 1 to 4096, found " + std::to_string(o.batch));
  check_usage(o.top >= 1, "--top: expected at least 1, found " + std::to_string(o.top));
  check_usage(o.threads >= 0, "--threads: expected at least 0, found " + std::to_string(o.threads));
  check_usage(o.limit >= 0, "--limit: expected at least 0, found " + std::to_string(o.limit));
  check_usage(o.max_pixels >= 1, "--max-pixels: expected at least 1, found " + std::to_string(o.max_pixels));
  check_usage(o.format == "jsonl" || o.format == "jsonl,csv",
              "--format: expected jsonl or jsonl,csv, found " + o.format);
}

// The inputs of this shard: neighbours stay together, so that parts only need to be put one after the other.
ImageList selected(const ImageList& all, const ClassifyOptions& o) {
  int shard = 1, shards = 1;
  parse_shard(o.shard, &shard, &shards);
  const auto found = static_cast<int64_t>(all.names.size());
  const int64_t count = o.limit == 0 ? found : std::min(found, o.limit);
  const auto first_of = [&](int i) { return all.names.begin() + count * (i - 1) / shards; };
  return {all.root, {first_of(shard), first_of(shard + 1)}};
}

// Throws if the folder holds results of another run; says so where the bits of a continued run may change.
void require_continuation(const std::string& folder, const RunRecord& run, Progress& progress) {
  if (!std::filesystem::exists(run_file(folder))) return;
  const RunRecord there = read_run_record(folder);
  require_same_run(folder, there, run, SameRun::kContinues);
  if (there.plan != run.plan) {
    progress.message("the records so far were computed by plan " + there.plan + ", the others will be by " + run.plan +
                     ": probabilities may differ in their last digits");
  }
}

class Job {
 public:
  /// `todo`: the inputs without a record.
  Job(const ClassifyOptions& options, const ClassifySetup& setup, ImageList todo, Journal* journal, Progress* progress)
      : options_(options), setup_(setup), todo_(std::move(todo)), journal_(*journal), progress_(*progress) {
    limits_.max_pixels = options.max_pixels;
    // In flight: one batch computed, one read, one that waits; more where a batch is too small to feed all threads.
    batches_.resize(static_cast<size_t>(3 + 2 * threads() / options.batch));
  }

  void run(Summary* summary) {
    constexpr auto kInOrder = tbb::filter_mode::serial_in_order, kParallel = tbb::filter_mode::parallel;
    const auto take = tbb::make_filter<void, Batch*>(kInOrder, [&](tbb::flow_control& flow) {
      Batch* batch = next();
      if (batch->records.empty()) flow.stop();
      return batch;
    });
    const auto read = tbb::make_filter<Batch*, Batch*>(kParallel, [&](Batch* batch) {
      read_images(todo_.root, setup_, limits_, batch);
      return batch;
    });
    const auto infer = tbb::make_filter<Batch*, Batch*>(kInOrder, [&](Batch* batch) {
      classify_images(setup_, options_.top, batch);
      return batch;
    });
    const auto record = tbb::make_filter<Batch*, void>(kInOrder, [&](Batch* batch) { write(*batch, summary); });
    const auto start = Clock::now();
    tbb::parallel_pipeline(batches_.size(), take & read & infer & record);
    sync(summary);
    summary->seconds = seconds_since(start);
  }

 private:
  // The next inputs; none at the end, or when the user asked to stop. The batches take turns: as they leave the
  // pipeline in order, the one after the last is free again when its turn comes.
  Batch* next() {
    Batch* batch = &batches_[taken_++ % batches_.size()];
    batch->records.clear();
    if (progress_.interrupted()) return batch;
    const auto full = static_cast<size_t>(options_.batch);
    while (position_ < todo_.names.size() && batch->records.size() < full) {
      batch->records.emplace_back().path = todo_.names[position_++];
    }
    return batch;
  }

  void write(const Batch& batch, Summary* summary) {
    const auto start = Clock::now();
    journal_.append(batch.records);
    summary->write += seconds_since(start);
    if (seconds_since(synced_) >= kSecondsUnsynced) sync(summary);
    const auto count = static_cast<int64_t>(batch.records.size());
    const auto failures = std::count_if(batch.records.begin(), batch.records.end(),
                                        [](const ImageRecord& record) { return !record.error_code.empty(); });
    summary->decode += batch.decode;
    summary->preprocess += batch.preprocess;
    summary->infer += batch.infer;
    summary->images += count;
    summary->recorded += count;
    summary->failures += failures;
    progress_.advance(count, failures);
  }

  void sync(Summary* summary) {
    const auto start = Clock::now();
    journal_.sync();
    summary->write += seconds_since(start);
    synced_ = Clock::now();
  }

  // A thread that syncs waits for the disk, as long as the processor takes for some images. A killed process loses
  // nothing that it wrote, synced or not; a power cut loses what a second computes.
  static constexpr double kSecondsUnsynced = 1;

  const ClassifyOptions& options_;
  const ClassifySetup& setup_;
  const ImageList todo_;
  Journal& journal_;
  Progress& progress_;
  DecodeLimits limits_;
  std::vector<Batch> batches_;
  size_t taken_ = 0, position_ = 0;
  Clock::time_point synced_ = Clock::now();
};

// The results there are: opened only after it is clear that this run may add to them.
std::unique_ptr<Journal> open_journal(const ClassifyOptions& o, const RunRecord& run, Progress& progress) {
  if (!o.fresh) require_continuation(o.output, run, progress);
  make_folder(o.output);
  auto journal = std::make_unique<Journal>(results_file(o.output), o.fresh);
  if (journal->records() > 0 && !std::filesystem::exists(run_file(o.output))) {
    throw Error(ErrorKind::kUsage, o.output +
                                       ": holds results, but no run.json says what made them; use another "
                                       "output folder, or --fresh to start over");
  }
  write_file(run_file(o.output), run.text);
  return journal;
}

ImageList without_records(ImageList images, const Journal& journal) {
  const auto recorded = [&](const std::string& name) { return journal.holds(name); };
  images.names.erase(std::remove_if(images.names.begin(), images.names.end(), recorded), images.names.end());
  return images;
}

}  // namespace

Summary classify(const ClassifyOptions& o, const ImageList& images, Progress& progress) {
  check_options(o);
  set_threads(o.threads);
  cv::setNumThreads(o.engine == "opencv" ? threads() : 1);  // images are decoded side by side already
  return run_classify(o, set_up(o), images, progress);
}

Summary run_classify(const ClassifyOptions& o, const ClassifySetup& setup, const ImageList& all, Progress& progress) {
  const ImageList images = selected(all, o);
  Summary summary;
  summary.inputs = static_cast<int64_t>(images.names.size());
  const RunRecord run = run_record(o, setup, images.root, summary.inputs);
  summary.configuration = run.text;
  if (o.dry_run) {
    if (!o.fresh) require_continuation(o.output, run, progress);
    return summary;
  }
  const std::unique_ptr<Journal> journal = open_journal(o, run, progress);
  ImageList todo = without_records(images, *journal);
  summary.recorded = summary.inputs - static_cast<int64_t>(todo.names.size());
  summary.failures = journal->failures();
  progress.begin(summary.inputs, summary.recorded);
  Job(o, setup, std::move(todo), journal.get(), &progress).run(&summary);
  summary.interrupted = summary.recorded < summary.inputs;
  if (!summary.interrupted && o.format == "jsonl,csv") write_csv(o.output, o.top);
  return summary;
}

}  // namespace lithe
