#pragma once
// A labelled set of images, whatever the form of its files (docs/data.md).

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

/// 8-bit pixels: rows from the top without gaps, channels interleaved, 1 (grey) or 3 (R G B).
struct Image {
  int64_t height = 0, width = 0, channels = 0;
  const uint8_t* pixels = nullptr;
  std::shared_ptr<const void> owner = nullptr;  // keeps the pixels alive; empty where the set does
};

/// What a set is, apart from its pixels.
struct DatasetInfo {
  std::string form, path, split;         // "idx", "data/mnist", "train"
  std::vector<std::string> class_names;  // one per class, in the order of the labels
  std::vector<int> labels;               // of every image, in [0, classes)
  Shape image;                           // C H W if all images have one size, empty otherwise
};

/// Images with labels. Immutable and thread safe.
class Dataset {
 public:
  /// Throws Error naming the path if a label has no class, or there is no image at all.
  explicit Dataset(DatasetInfo info);
  virtual ~Dataset() = default;
  Dataset(const Dataset&) = delete;

  const DatasetInfo& info() const { return info_; }
  int64_t size() const { return static_cast<int64_t>(info_.labels.size()); }
  int64_t classes() const { return static_cast<int64_t>(info_.class_names.size()); }
  int label(int64_t i) const { return info_.labels[static_cast<size_t>(i)]; }
  /// Where image i lies: its file, or the file and the number in it.
  virtual std::string where(int64_t i) const = 0;
  /// Decodes image i. Throws Error that names `where(i)` if it is broken.
  virtual Image image(int64_t i) const = 0;

 private:
  DatasetInfo info_;
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// The splits that a set brings ("train", "test"; the domains of a folder of domains), "all" where it has none.
/// `where` is a path, whose form is recognised, or FORM:PATH. Throws Error saying what was expected there.
std::vector<std::string> dataset_splits(const std::string& where);

/// Opens one split; "" is the only one. Throws Error(kUsage) naming the splits, Error(kInput) if the files do not fit
/// together.
DatasetPtr open_dataset(const std::string& where, const std::string& split = "");

/// The images `samples` of a set, in that order.
DatasetPtr subset(DatasetPtr set, std::vector<int64_t> samples);

struct HeldOut {
  DatasetPtr kept, held_out;
};
/// Holds out `share` (in (0, 1)) of every class, rounded, chosen by the seed: something to select on that is neither
/// training nor test set. Both parts keep the order of the set. Throws Error(kUsage) if one of them would be empty.
HeldOut hold_out(const DatasetPtr& set, double share, uint64_t seed);

/// Mean and standard deviation of every channel, on the scale 0..255, for a network's `Preprocessing`: of all images,
/// or of `at_most` evenly spaced ones.
struct ChannelStatistics {
  std::vector<double> mean, std;
};
ChannelStatistics channel_statistics(const Dataset& set, int64_t at_most = 10000);

}  // namespace lithe
