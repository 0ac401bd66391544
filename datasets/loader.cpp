#include "datasets/loader.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <numeric>
#include <thread>

#include "pipelines/core/clock.h"
#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

// The samples of an epoch in order (Fisher and Yates).
std::vector<int64_t> order_of(int64_t size, bool shuffle, uint64_t seed, int64_t epoch) {
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), int64_t{0});
  if (!shuffle) return order;
  const RandomStream random(RandomStream(seed, "epochs").bits(static_cast<uint64_t>(epoch)), "order");
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<size_t>(random.uniform(i) * static_cast<double>(i))]);
  }
  return order;
}

}  // namespace

// One thread makes batches while there are free slots, each with all threads of the process; it sleeps outside of TBB,
// so that the network has all of TBB's threads while the loader is ahead.
class Loader::Work {
  // Which batch of which epoch.
  struct Position {
    int64_t epoch = 0, index = 0;
    bool operator==(const Position& other) const { return epoch == other.epoch && index == other.index; }
  };
  // Room for a full batch, and the batch in it.
  struct Slot {
    Tensor images, targets;
    LabelledBatch batch;
  };
  using SlotPtr = std::unique_ptr<Slot>;

 public:
  Work(DatasetPtr set, const Preprocessing& preprocessing, const Augmentation& augmentation, const LoaderOptions& o)
      : set_(std::move(set)), augmenter_(preprocessing, augmentation, o.seed), options_(o) {
    const auto require = [](bool holds, const char* option, int64_t got) {
      if (holds) return;
      throw Error(ErrorKind::kUsage, std::string(option) + ": expected at least 1, got " + std::to_string(got));
    };
    require(o.batch >= 1, "--batch", o.batch);
    require(o.epochs >= 1, "--epochs", o.epochs);
    require(o.prefetch >= 1, "--prefetch", o.prefetch);
    batches_ = o.drop_last ? set_->size() / o.batch : (set_->size() + o.batch - 1) / o.batch;
    if (batches_ == 0) {
      throw Error(ErrorKind::kUsage, "--batch: " + std::to_string(o.batch) + " is more than the " +
                                         std::to_string(set_->size()) + " images of " + set_->info().path);
    }
    for (int64_t i = 0; i < o.prefetch + 1; ++i) free_.push_back(std::make_unique<Slot>());
  }

  ~Work() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  int64_t batches() const { return batches_; }
  Shape input_shape() const { return augmenter_.input_shape(); }

  void seek(Position position) {
    LITHE_CHECK(position.epoch >= 0 && position.epoch < options_.epochs);
    LITHE_CHECK(position.index >= 0 && position.index <= batches_);
    const std::lock_guard lock(mutex_);
    waited_ = 0;
    start_ = Clock::now();
    if (position.index == batches_) position = {position.epoch + 1, 0};
    if (position == given_) return;
    while (!ready_.empty()) release(take(&ready_));
    given_ = made_ = position;
    ++course_;
    failure_ = nullptr;
    room_.notify_all();
  }

  const LabelledBatch* next() {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    if (current_) release(std::move(current_));
    const Clock::time_point begin = Clock::now();
    delivered_.wait(lock, [this] { return !ready_.empty() || failure_ || given_.epoch == options_.epochs; });
    waited_ += seconds(Clock::now() - begin);
    if (ready_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return nullptr;
    }
    current_ = take(&ready_);
    given_ = behind(given_);
    return &current_->batch;
  }

  LoaderTimes times() const {
    const std::lock_guard lock(mutex_);
    return {waited_, seconds(Clock::now() - start_)};
  }

 private:
  static SlotPtr take(std::deque<SlotPtr>* slots) {
    SlotPtr slot = std::move(slots->front());
    slots->pop_front();
    return slot;
  }
  void release(SlotPtr slot) {
    free_.push_back(std::move(slot));
    room_.notify_one();
  }
  Position behind(Position p) const {
    return p.index + 1 < batches_ ? Position{p.epoch, p.index + 1} : Position{p.epoch + 1, 0};
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock, [this] { return stopping_ || (!free_.empty() && made_.epoch < options_.epochs && !failure_); });
      if (stopping_) return;
      SlotPtr slot = take(&free_);
      const Position position = made_;
      const int64_t course = course_;
      made_ = behind(made_);
      lock.unlock();
      std::exception_ptr failure;
      try {
        make(position, slot.get());
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      if (failure || course != course_) {
        release(std::move(slot));
        if (course == course_) failure_ = failure;
      } else {
        ready_.push_back(std::move(slot));
      }
      delivered_.notify_all();
    }
  }

  void make(Position position, Slot* slot) {
    if (order_.empty() || ordered_ != position.epoch) {
      order_ = order_of(set_->size(), options_.shuffle, options_.seed, position.epoch);
      ordered_ = position.epoch;
    }
    const Shape image = augmenter_.input_shape();
    if (slot->images.empty()) {
      slot->images = Tensor({options_.batch, image[0], image[1], image[2]});
      slot->targets = Tensor({options_.batch, set_->classes()});
    }
    const int64_t first = position.index * options_.batch;
    const int64_t count = std::min(options_.batch, set_->size() - first);
    LabelledBatch& batch = slot->batch;
    batch.epoch = position.epoch, batch.index = position.index;
    batch.samples.assign(order_.begin() + first, order_.begin() + first + count);
    batch.labels.clear();
    for (const int64_t sample : batch.samples) batch.labels.push_back(set_->label(sample));
    batch.images = slot->images.images(0, count);
    batch.targets = slot->targets.images(0, count);
    float* to = batch.images.data();
    parallel_for(count, [&](int64_t i) {
      write(batch.samples[static_cast<size_t>(i)], position.epoch, to + i * elements(image));
    });
    augmenter_.write_targets(batch.labels, batch.targets);
    augmenter_.mix(position.epoch, position.index, batch.images, batch.targets);
  }

  void write(int64_t sample, int64_t epoch, float* to) const {
    const Image image = set_->image(sample);
    try {
      augmenter_.write(image, epoch, sample, to);
    } catch (const Error& e) {
      throw Error(e.kind(), set_->where(sample) + ": " + e.what());
    }
  }

  const DatasetPtr set_;
  const Augmenter augmenter_;
  const LoaderOptions options_;
  int64_t batches_ = 0;

  // Of the thread alone.
  std::vector<int64_t> order_;
  int64_t ordered_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable room_, delivered_;
  std::deque<SlotPtr> free_, ready_;
  SlotPtr current_;        // what the consumer looks at
  Position given_, made_;  // what it gets next, what is made next
  int64_t course_ = 0;     // counts seeks: what was begun before one is dropped
  std::exception_ptr failure_;
  bool stopping_ = false;
  double waited_ = 0;
  Clock::time_point start_ = Clock::now();
  std::thread thread_;
};

Loader::Loader(DatasetPtr set, const Preprocessing& preprocessing, const Augmentation& augmentation,
               const LoaderOptions& options)
    : work_(std::make_unique<Work>(std::move(set), preprocessing, augmentation, options)) {}
Loader::~Loader() = default;

int64_t Loader::batches() const { return work_->batches(); }
Shape Loader::input_shape() const { return work_->input_shape(); }
void Loader::seek(int64_t epoch, int64_t index) { work_->seek({epoch, index}); }
const LabelledBatch* Loader::next() { return work_->next(); }
LoaderTimes Loader::times() const { return work_->times(); }

Loader::Epoch Loader::epoch(int64_t epoch, int64_t first) {
  seek(epoch, first);
  return {this, batches() - first};
}

void Loader::Iterator::operator++() { batch_ = left_-- > 0 ? loader_->next() : nullptr; }

}  // namespace lithe
