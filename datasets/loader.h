#pragma once
// Batches for training and evaluation, made ahead by the other threads.

#include <cstdint>
#include <memory>
#include <vector>

#include "datasets/augment.h"
#include "datasets/dataset.h"

namespace lithe {

struct LoaderOptions {
  int64_t batch = 128;
  uint64_t seed = 1;
  bool shuffle = false;    // another order in every epoch, from (seed, epoch)
  bool drop_last = false;  // leave out a last batch that is not full
  int64_t epochs = 1;      // nothing is read ahead behind the last one
  int64_t prefetch = 3;    // batches made ahead, which bounds the memory
};

struct LabelledBatch {
  int64_t epoch = 0, index = 0;  // which batch of which epoch
  std::vector<int64_t> samples;  // their numbers in the data set
  std::vector<int> labels;       // their classes, mixed or not
  Tensor images;                 // N C H W, row-major
  Tensor targets;                // N K: the share of every class; rows sum to 1
};

/// Seconds since `Loader::epoch` or `seek`; `waited` of them the consumer stood still because no batch was ready.
struct LoaderTimes {
  double waited = 0, total = 0;
  double share() const { return total > 0 ? waited / total : 0; }
};

/// Gives the batches of a data set in an order that the seed fixes: the same bits for any number of threads, from
/// whatever batch it starts.
///   for (const LabelledBatch& batch : loader.epoch(epoch)) ...
class Loader {
 public:
  /// Throws Error(kUsage) for options that give no batch.
  Loader(DatasetPtr set, const Preprocessing& preprocessing, const Augmentation& augmentation,
         const LoaderOptions& options);
  ~Loader();

  /// Batches of an epoch.
  int64_t batches() const;
  /// C H W of an image.
  Shape input_shape() const;

  /// Continues at batch `index` of `epoch`, as a run does that was interrupted there.
  void seek(int64_t epoch, int64_t index);
  /// The next batch, or null behind the last epoch; valid until the next call. Batches go on from epoch to epoch.
  /// Throws what went wrong while it was made: an Error that names the broken image.
  const LabelledBatch* next();

  class Iterator {
   public:
    const LabelledBatch& operator*() const { return *batch_; }
    void operator++();
    bool operator!=(const Iterator& end) const { return batch_ != end.batch_; }

   private:
    friend class Loader;
    Iterator(Loader* loader, int64_t left) : loader_(loader), left_(left) { ++*this; }
    Iterator() = default;
    Loader* loader_ = nullptr;
    int64_t left_ = 0;
    const LabelledBatch* batch_ = nullptr;
  };
  struct Epoch {
    Iterator begin() { return {loader, left}; }
    Iterator end() { return {}; }
    Loader* loader;
    int64_t left;
  };
  /// Batches `first` and on of one epoch. Those of the next epoch are made ahead meanwhile.
  Epoch epoch(int64_t epoch, int64_t first = 0);

  LoaderTimes times() const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace lithe
