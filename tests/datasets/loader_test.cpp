#include "datasets/loader.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "datasets/pixel_set.h"
#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// 23 images of 3 x 9 x 9 in 4 classes.
DatasetPtr noise() {
  DatasetInfo info{"noise", "noise", "all", {"a", "b", "c", "d"}, {}, {3, 9, 9}};
  const RandomStream random(1, "noise");
  for (int i = 0; i < 23; ++i) info.labels.push_back(i % 4);
  std::vector<uint8_t> pixels(info.labels.size() * 3 * 9 * 9);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(random.bits(i));
  return pixel_set(std::move(info), std::move(pixels));
}

Preprocessing as_it_is() {
  Preprocessing p = preprocessing_preset("unit");
  p.resize = "none";
  p.crop_height = p.crop_width = 9;
  return p;
}

Augmentation everything() {
  Augmentation a;
  a.crop_area = 0.3, a.pad = 2, a.flip = true, a.brightness = a.contrast = a.saturation = 0.4, a.hue = 0.1;
  a.erase = 0.5, a.mixup = 0.4, a.label_smoothing = 0.1;
  return a;
}

LoaderOptions training() {
  LoaderOptions o;
  o.batch = 5, o.shuffle = true, o.epochs = 3, o.seed = 7;
  return o;
}

std::string bytes_of(const LabelledBatch& batch) {
  std::string bytes(static_cast<size_t>(batch.images.bytes() + batch.targets.bytes()), '\0');
  std::memcpy(bytes.data(), batch.images.raw(), static_cast<size_t>(batch.images.bytes()));
  std::memcpy(bytes.data() + batch.images.bytes(), batch.targets.raw(), static_cast<size_t>(batch.targets.bytes()));
  for (const int64_t sample : batch.samples) bytes += std::to_string(sample) + " ";
  return bytes;
}

std::vector<std::string> all_batches(const LoaderOptions& options, int64_t epoch = 0, int64_t index = 0) {
  Loader loader(noise(), as_it_is(), everything(), options);
  loader.seek(epoch, index);
  std::vector<std::string> batches;
  while (const LabelledBatch* batch = loader.next()) batches.push_back(bytes_of(*batch));
  return batches;
}

TEST(Loader, GivesTheSameBitsForAnyNumberOfThreadsAndAnyReadAhead) {
  std::vector<std::string> expected;
  for (const int count : {1, 2, 3}) {
    set_threads(count);
    LoaderOptions options = training();
    options.prefetch = count;
    const std::vector<std::string> batches = all_batches(options);
    if (expected.empty()) expected = batches;
    EXPECT_EQ(batches.size(), 15u);
    EXPECT_EQ(batches, expected) << count << " threads";
  }
  set_threads(0);
}

TEST(Loader, ContinuesAtAnyBatchAsIfItHadNeverStopped) {
  const std::vector<std::string> all = all_batches(training());
  for (const int64_t at : {1, 4, 5, 11, 14}) {
    const std::vector<std::string> rest = all_batches(training(), at / 5, at % 5);
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), all.begin() + at, all.end())) << at;
  }
  EXPECT_TRUE(all_batches(training(), 2, 5).empty());
}

TEST(Loader, SeeksBackAndForth) {
  const std::vector<std::string> all = all_batches(training());
  Loader loader(noise(), as_it_is(), everything(), training());
  for (const int64_t at : {7, 2, 2, 14, 0, 3}) {
    loader.seek(at / 5, at % 5);
    EXPECT_EQ(bytes_of(*loader.next()), all[static_cast<size_t>(at)]) << at;
  }
}

TEST(Loader, GivesEachSampleOnceInAnEpochAndAnotherOrderInTheNext) {
  Loader loader(noise(), as_it_is(), {}, training());
  EXPECT_EQ(loader.batches(), 5);
  std::vector<std::vector<int64_t>> orders;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    std::vector<int64_t> order;
    int64_t index = 0;
    for (const LabelledBatch& batch : loader.epoch(epoch)) {
      EXPECT_EQ(batch.epoch, epoch);
      EXPECT_EQ(batch.index, index++);
      EXPECT_EQ(batch.images.shape(), Shape({index < 5 ? 5 : 3, 3, 9, 9}));
      for (size_t i = 0; i < batch.samples.size(); ++i) EXPECT_EQ(batch.labels[i], batch.samples[i] % 4);
      order.insert(order.end(), batch.samples.begin(), batch.samples.end());
    }
    orders.push_back(order);
    std::sort(order.begin(), order.end());
    for (int64_t i = 0; i < 23; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
  EXPECT_EQ(loader.next(), nullptr);
}

TEST(Loader, LeavesOutTheLastBatchOnRequest) {
  LoaderOptions options = training();
  options.drop_last = true;
  EXPECT_EQ(Loader(noise(), as_it_is(), {}, options).batches(), 4);
  EXPECT_EQ(all_batches(options).size(), 12u);
  options.batch = 24;
  EXPECT_THROW(Loader(noise(), as_it_is(), {}, options), Error);
}

TEST(Loader, ReportsWhatItsConsumerWaited) {
  Loader loader(noise(), as_it_is(), {}, training());
  for (const LabelledBatch& batch : loader.epoch(0)) EXPECT_FALSE(batch.images.empty());
  const LoaderTimes times = loader.times();
  EXPECT_GT(times.total, 0);
  EXPECT_GE(times.waited, 0);
  EXPECT_LE(times.share(), 1);
}

// Whoever leaves must not wait for ever, nor may a batch be written after that.
TEST(Loader, CanBeLeftAtAnyTime) {
  const Tensor first = Loader(noise(), as_it_is(), everything(), training()).next()->images.clone();
  for (int i = 0; i < 20; ++i) {
    Loader loader(noise(), as_it_is(), everything(), training());
    for (int k = 0; k < i % 4; ++k) {
      const Tensor images = loader.next()->images;
      EXPECT_EQ(std::memcmp(images.data(), first.data(), static_cast<size_t>(first.size()) * sizeof(float)) == 0,
                k == 0)
          << "batch " << k << " of loader " << i;
    }
  }
}

// Image 11 is broken.
class Broken final : public Dataset {
 public:
  Broken() : Dataset(noise()->info()), set_(noise()) {}
  std::string where(int64_t i) const override { return "picture " + std::to_string(i); }
  Image image(int64_t i) const override {
    if (i == 11) throw Error(where(i) + ": damaged");
    return set_->image(i);
  }

 private:
  DatasetPtr set_;
};

TEST(Loader, HandsOverTheErrorOfABrokenImage) {
  LoaderOptions options;
  options.batch = 5;
  Loader loader(std::make_shared<Broken>(), as_it_is(), {}, options);
  EXPECT_NE(loader.next(), nullptr);
  EXPECT_NE(loader.next(), nullptr);
  for (int i = 0; i < 2; ++i) {
    try {
      loader.next();
      FAIL();
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("picture 11: damaged"));
    }
  }
  loader.seek(0, 3);
  EXPECT_EQ(loader.next()->samples.front(), 15);
}

TEST(Loader, NamesTheImageThatIsTooSmall) {
  Preprocessing p = as_it_is();
  p.crop_height = 10;
  Loader loader(noise(), p, {}, {});
  try {
    loader.next();
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("noise (all)["));
    EXPECT_THAT(e.what(), HasSubstr("9x9 pixels"));
  }
}

TEST(HoldOut, TakesAShareOfEveryClassAndNothingTwice) {
  const HeldOut parts = hold_out(noise(), 0.34, 3);
  EXPECT_EQ(parts.kept->size() + parts.held_out->size(), 23);
  std::vector<int> count(4);
  for (const int label : parts.held_out->info().labels) ++count[static_cast<size_t>(label)];
  EXPECT_THAT(count, ElementsAre(2, 2, 2, 2));
  std::vector<std::string> all;
  for (const DatasetPtr& part : {parts.kept, parts.held_out}) {
    for (int64_t i = 0; i < part->size(); ++i) all.push_back(part->where(i));
  }
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::unique(all.begin(), all.end()), all.end());
  EXPECT_THROW(hold_out(noise(), 0.01, 3), Error);
  EXPECT_THROW(hold_out(noise(), 1, 3), Error);
}

}  // namespace
}  // namespace lithe::test
