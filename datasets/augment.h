#pragma once
// From an image of a data set to a network's input, with the random changes of training.

#include <cstdint>
#include <vector>

#include "datasets/dataset.h"
#include "pipelines/model/preprocessing.h"

namespace lithe {

/// What training changes at random; as it stands nothing, which is evaluation. In this order:
struct Augmentation {
  double crop_area = 0;  // random resized crop of at least this share of the area; 0: the preprocessing's own crop
  int64_t pad = 0;       // random crop of the image with this many black pixels around
  bool flip = false;     // left to right, half of the time
  double brightness = 0, contrast = 0, saturation = 0, hue = 0;  // colour jitter, strength in [0, 1], of hue [0, 0.5]
  double erase = 0;                                              // probability to erase a rectangle
  double mixup = 0;                                              // alpha of Beta(alpha, alpha)
  double label_smoothing = 0;                                    // share of the target that all classes get

  template <class Field>
  void visit(Field&& f) {
    f("crop-area", crop_area, "random resized crop of at least this share of an image's area; 0: none");
    f("pad", pad, "random crop after this many black pixels on each side");
    f("flip", flip, "mirror half of the images");
    f("brightness", brightness, "jitter: factor in 1 +- X");
    f("contrast", contrast, "jitter: factor in 1 +- X");
    f("saturation", saturation, "jitter: factor in 1 +- X");
    f("hue", hue, "jitter: turn of the colour circle by at most +- X");
    f("erase", erase, "probability to erase a rectangle");
    f("mixup", mixup, "mix pairs of images by a share from Beta(X, X); 0: never");
    f("label-smoothing", label_smoothing, "share of the target that is spread over all classes");
  }
};

/// Throws Error(kUsage) naming the option that is out of its range.
void check_augmentation(const Augmentation& augmentation);

/// Makes inputs. What it does to an image depends on (seed, epoch, index) only, so neither on threads nor on order.
/// Thread safe.
class Augmenter {
 public:
  /// Throws Error(kUsage) for a preprocessing or augmentation that no image could be prepared with.
  Augmenter(const Preprocessing& preprocessing, const Augmentation& augmentation, uint64_t seed);

  /// C H W of an input.
  Shape input_shape() const { return {channels_, preprocessing_.crop_height, preprocessing_.crop_width}; }

  /// Writes `image`, sample `index` of its set, to C H W floats: crop, padding crop, flip, jitter, (x - mean) / std,
  /// erasing (to 0, the mean). Grey images become three equal channels for a colour network, colours their luma for a
  /// grey one. Without augmentation these are the bits that `preprocess` gives for the file. Throws Error if the image
  /// is smaller than a crop without resizing.
  void write(const Image& image, int64_t epoch, int64_t index, float* to) const;

  /// The targets of a batch, N K: one-hot, smoothed.
  void write_targets(const std::vector<int>& labels, const Tensor& targets) const;

  /// Mixup (Zhang et al., ICLR 2018) of image i with image N-1-i, targets alike, by one share per (seed, epoch, batch).
  void mix(int64_t epoch, int64_t batch, const Tensor& images, const Tensor& targets) const;

 private:
  Preprocessing preprocessing_;
  Augmentation augmentation_;
  uint64_t seed_;
  int64_t channels_;
  std::vector<float> levels_;  // 256 per channel: what a pixel becomes
};

}  // namespace lithe
