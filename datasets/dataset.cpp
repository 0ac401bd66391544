#include "datasets/dataset.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "pipelines/core/random.h"
#include "pipelines/formats/image_record.h"

namespace lithe {
namespace {

class Subset final : public Dataset {
 public:
  Subset(DatasetInfo info, DatasetPtr set, std::vector<int64_t> samples)
      : Dataset(std::move(info)), set_(std::move(set)), samples_(std::move(samples)) {}
  std::string where(int64_t i) const override { return set_->where(samples_[static_cast<size_t>(i)]); }
  Image image(int64_t i) const override { return set_->image(samples_[static_cast<size_t>(i)]); }

 private:
  DatasetPtr set_;
  std::vector<int64_t> samples_;
};

}  // namespace

Dataset::Dataset(DatasetInfo info) : info_(std::move(info)) {
  for (std::string& name : info_.class_names) name = as_utf8(name);  // as model files have labels
  const std::string name = info_.path + (info_.split.empty() ? "" : " (" + info_.split + ")");
  if (info_.labels.empty()) throw Error(name + ": holds no images");
  for (size_t i = 0; i < info_.labels.size(); ++i) {
    if (info_.labels[i] >= 0 && info_.labels[i] < classes()) continue;
    throw Error(name + ": label of image " + std::to_string(i) + ": expected 0 to " + std::to_string(classes() - 1) +
                ", found " + std::to_string(info_.labels[i]));
  }
}

DatasetPtr subset(DatasetPtr set, std::vector<int64_t> samples) {
  DatasetInfo info = set->info();
  info.labels.clear();
  for (const int64_t i : samples) {
    LITHE_CHECK(i >= 0 && i < set->size());
    info.labels.push_back(set->label(i));
  }
  return std::make_shared<Subset>(std::move(info), std::move(set), std::move(samples));
}

HeldOut hold_out(const DatasetPtr& set, double share, uint64_t seed) {
  if (!(share > 0 && share < 1)) {
    throw Error(ErrorKind::kUsage, "held-out share: expected a number between 0 and 1, got " + std::to_string(share));
  }
  std::vector<std::vector<int64_t>> of_class(static_cast<size_t>(set->classes()));
  for (int64_t i = 0; i < set->size(); ++i) of_class[static_cast<size_t>(set->label(i))].push_back(i);
  const RandomStream random(seed, "held out");
  const auto by_chance = [&](int64_t a, int64_t b) {
    return random.bits(static_cast<uint64_t>(a)) < random.bits(static_cast<uint64_t>(b));
  };
  std::vector<int64_t> kept, held_out;
  for (std::vector<int64_t>& samples : of_class) {
    std::sort(samples.begin(), samples.end(), by_chance);
    const auto count = static_cast<ptrdiff_t>(std::lround(share * static_cast<double>(samples.size())));
    held_out.insert(held_out.end(), samples.begin(), samples.begin() + count);
    kept.insert(kept.end(), samples.begin() + count, samples.end());
  }
  if (kept.empty() || held_out.empty()) {
    std::ostringstream what;
    what << set->info().path << ": " << set->size() << " images of " << set->classes()
         << " classes are too few to hold out a share of " << share << " of every class; more images or a larger share";
    throw Error(ErrorKind::kUsage, what.str());
  }
  std::sort(kept.begin(), kept.end());
  std::sort(held_out.begin(), held_out.end());
  return {subset(set, std::move(kept)), subset(set, std::move(held_out))};
}

ChannelStatistics channel_statistics(const Dataset& set, int64_t at_most) {
  const int64_t count = std::min(set.size(), at_most);
  std::vector<double> sum, squares;
  double pixels = 0;
  for (int64_t k = 0; k < count; ++k) {
    const Image image = set.image(k * set.size() / count);
    const auto channels = static_cast<size_t>(image.channels);
    if (k == 0) sum.assign(channels, 0), squares.assign(channels, 0);
    if (channels != sum.size()) {
      throw Error(set.info().path + ": images of " + std::to_string(sum.size()) + " and of " +
                  std::to_string(channels) + " channels have no statistics in common");
    }
    for (int64_t p = 0; p < image.height * image.width; ++p) {
      for (size_t c = 0; c < channels; ++c) {
        const double value = image.pixels[static_cast<size_t>(p) * channels + c];
        sum[c] += value, squares[c] += value * value;
      }
    }
    pixels += static_cast<double>(image.height * image.width);
  }
  ChannelStatistics result;
  for (size_t c = 0; c < sum.size(); ++c) {
    const double mean = sum[c] / pixels;
    result.mean.push_back(mean);
    result.std.push_back(std::sqrt(std::max(squares[c] / pixels - mean * mean, 0.0)));
  }
  return result;
}

}  // namespace lithe
