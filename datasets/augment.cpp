#include "datasets/augment.h"

#include <algorithm>
#include <cmath>

#include "datasets/colour_jitter.h"
#include "pipelines/core/random.h"
#include "pipelines/vision/preprocess.h"
#include "pipelines/vision/resample.h"

namespace lithe {
namespace {

// Each decision has its own number, so that switching one on leaves the others as they were.
enum Decision : uint64_t {
  kPadX,
  kPadY,
  kFlip,
  kBrightness,
  kContrast,
  kSaturation,
  kHue,
  kErase,
  kCrop = 16,
  kErased = 64
};
constexpr uint64_t kTries = 10;  // four numbers each

// The random numbers of one sample in one epoch, or of one batch.
RandomStream stream_of(uint64_t seed, const char* what, int64_t epoch, int64_t index) {
  const uint64_t of_epoch = RandomStream(seed, what).bits(static_cast<uint64_t>(epoch));
  return RandomStream(RandomStream(of_epoch, what).bits(static_cast<uint64_t>(index)), what);
}

double between(double low, double high, double uniform) { return low + (high - low) * uniform; }

// Uniform in 0 .. count - 1.
int below(int count, double uniform) { return static_cast<int>(uniform * count); }

// A rectangle of a random share of the area and a random shape (width over height), empty if none of ten fits.
cv::Rect random_rectangle(cv::Size all, double least, double most, double shape, const RandomStream& random,
                          uint64_t first) {
  for (uint64_t i = first; i < first + 4 * kTries; i += 4) {
    const double area = between(least, most, random.uniform(i)) * all.area();
    const double ratio = std::exp(between(-std::log(shape), std::log(shape), random.uniform(i + 1)));
    const cv::Size size(static_cast<int>(std::lround(std::sqrt(area * ratio))),
                        static_cast<int>(std::lround(std::sqrt(area / ratio))));
    if (size.width < 1 || size.height < 1 || size.width > all.width || size.height > all.height) continue;
    return {below(all.width - size.width + 1, random.uniform(i + 2)),
            below(all.height - size.height + 1, random.uniform(i + 3)), size.width, size.height};
  }
  return {};
}

ColourJitter draw_jitter(const Augmentation& a, const RandomStream& random) {
  const auto factor = [&](double strength, Decision decision) {
    return between(1 - strength, 1 + strength, random.uniform(decision));
  };
  return {factor(a.brightness, kBrightness), factor(a.contrast, kContrast), factor(a.saturation, kSaturation),
          between(-a.hue, a.hue, random.uniform(kHue))};
}

bool jitters(const Augmentation& a) { return a.brightness > 0 || a.contrast > 0 || a.saturation > 0 || a.hue > 0; }

cv::Mat to_gray(const cv::Mat& rgb) {
  cv::Mat gray(rgb.size(), CV_8U);
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* from = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < rgb.cols; ++x) gray.at<uint8_t>(y, x) = luma(from[x][0], from[x][1], from[x][2]);
  }
  return gray;
}

// The part of the image that the network sees, at its size.
cv::Mat cropped(const cv::Mat& image, const Preprocessing& p, const Augmentation& a, const RandomStream& random) {
  const bool antialias = p.interpolation == "area";
  if (a.crop_area > 0) {
    const cv::Rect part = random_rectangle(image.size(), a.crop_area, 1, 4.0 / 3, random, kCrop);
    const cv::Size size(static_cast<int>(p.crop_width), static_cast<int>(p.crop_height));
    if (!part.empty()) return resample(image(part), size, cv::Rect({}, size), antialias);
  }
  const Crop crop = crop_of(p, image.size());
  return crop.size == image.size() ? image(crop.window) : resample(image, crop.size, crop.window, antialias);
}

// Where the pixels of an input come from: moved by (dx, dy), black outside, mirrored.
struct Placement {
  int dx = 0, dy = 0;
  bool mirrored = false;
};

// One channel of `pixels` as the levels that its values stand for.
void write_plane(const cv::Mat& pixels, int channel, const Placement& place, const float* levels, float* to) {
  const int width = pixels.cols, step = pixels.channels();
  const int begin = std::clamp(-place.dx, 0, width), end = std::clamp(width - place.dx, begin, width);
  for (int y = 0; y < pixels.rows; ++y, to += width) {
    const int row = y + place.dy;
    if (row < 0 || row >= pixels.rows) {
      std::fill_n(to, width, levels[0]);
      continue;
    }
    const uint8_t* from = pixels.ptr(row) + channel;
    std::fill_n(to, begin, levels[0]);
    for (int x = begin; x < end; ++x) to[x] = levels[from[(x + place.dx) * step]];
    std::fill(to + end, to + width, levels[0]);
    if (place.mirrored) std::reverse(to, to + width);
  }
}

void require(bool holds, const std::string& what, double got) {
  if (!holds) throw Error(ErrorKind::kUsage, what + ", got " + std::to_string(got));
}

// Beta(alpha, alpha) for alpha in (0, 1] (Johnk's method, 1964).
double draw_share(double alpha, const RandomStream& random) {
  for (uint64_t i = 0;; i += 2) {
    const double x = std::pow(random.uniform(i), 1 / alpha), y = std::pow(random.uniform(i + 1), 1 / alpha);
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}

// a and b become share * a + (1 - share) * b and the other way round.
void blend(float share, int64_t count, float* a, float* b) {
  for (int64_t i = 0; i < count; ++i) {
    const float x = a[i], y = b[i];
    a[i] = share * x + (1 - share) * y;
    b[i] = share * y + (1 - share) * x;
  }
}

}  // namespace

void check_augmentation(const Augmentation& a) {
  require(a.crop_area >= 0 && a.crop_area <= 1, "--crop-area: expected a share from 0 to 1", a.crop_area);
  require(a.pad >= 0 && a.pad <= 1024, "--pad: expected 0 to 1024 pixels", static_cast<double>(a.pad));
  require(a.brightness >= 0 && a.brightness <= 1, "--brightness: expected 0 to 1", a.brightness);
  require(a.contrast >= 0 && a.contrast <= 1, "--contrast: expected 0 to 1", a.contrast);
  require(a.saturation >= 0 && a.saturation <= 1, "--saturation: expected 0 to 1", a.saturation);
  require(a.hue >= 0 && a.hue <= 0.5, "--hue: expected 0 to 0.5", a.hue);
  require(a.erase >= 0 && a.erase <= 1, "--erase: expected a probability from 0 to 1", a.erase);
  require(a.mixup >= 0 && a.mixup <= 1, "--mixup: expected 0 to 1", a.mixup);
  require(a.label_smoothing >= 0 && a.label_smoothing < 1, "--label-smoothing: expected a share from 0 to below 1",
          a.label_smoothing);
}

Augmenter::Augmenter(const Preprocessing& preprocessing, const Augmentation& augmentation, uint64_t seed)
    : preprocessing_(preprocessing), augmentation_(augmentation), seed_(seed), channels_(channels_of(preprocessing)) {
  check_preprocessing(preprocessing);
  check_augmentation(augmentation);
  for (size_t c = 0; c < static_cast<size_t>(channels_); ++c) {
    for (int i = 0; i < 256; ++i) {
      levels_.push_back((static_cast<float>(i) - preprocessing.mean[c]) / preprocessing.std[c]);
    }
  }
}

void Augmenter::write(const Image& image, int64_t epoch, int64_t index, float* to) const {
  const Augmentation& a = augmentation_;
  const RandomStream random = stream_of(seed_, "image", epoch, index);
  cv::Mat pixels(static_cast<int>(image.height), static_cast<int>(image.width), image.channels == 3 ? CV_8UC3 : CV_8U,
                 const_cast<uint8_t*>(image.pixels));
  if (channels_ == 1 && image.channels == 3) pixels = to_gray(pixels);
  pixels = cropped(pixels, preprocessing_, a, random);
  if (jitters(a)) pixels = jittered(pixels, draw_jitter(a, random));

  const int shifts = 2 * static_cast<int>(a.pad) + 1;
  Placement place;
  place.dx = below(shifts, random.uniform(kPadX)) - static_cast<int>(a.pad);
  place.dy = below(shifts, random.uniform(kPadY)) - static_cast<int>(a.pad);
  place.mirrored = a.flip && random.uniform(kFlip) < 0.5;
  const int64_t plane = pixels.rows * static_cast<int64_t>(pixels.cols);
  for (int c = 0; c < channels_; ++c) {
    const int from = pixels.channels() == 1 ? 0 : preprocessing_.channels == "bgr" ? 2 - c : c;
    write_plane(pixels, from, place, levels_.data() + 256 * c, to + plane * c);
  }

  if (a.erase == 0 || random.uniform(kErase) >= a.erase) return;
  const cv::Rect hole = random_rectangle(pixels.size(), 0.02, 1.0 / 3, 10.0 / 3, random, kErased);
  for (int64_t c = 0; c < channels_; ++c) {
    for (int y = hole.y; y < hole.y + hole.height; ++y) {
      std::fill_n(to + c * plane + y * pixels.cols + hole.x, hole.width, 0.0f);
    }
  }
}

void Augmenter::write_targets(const std::vector<int>& labels, const Tensor& targets) const {
  const int64_t classes = targets.dim(1);
  const auto spread = static_cast<float>(augmentation_.label_smoothing / static_cast<double>(classes));
  std::fill_n(targets.data(), targets.size(), spread);
  float* row = targets.data();
  for (const int label : labels) {
    row[label] += static_cast<float>(1 - augmentation_.label_smoothing);
    row += classes;
  }
}

void Augmenter::mix(int64_t epoch, int64_t batch, const Tensor& images, const Tensor& targets) const {
  if (augmentation_.mixup == 0) return;
  const auto share = static_cast<float>(draw_share(augmentation_.mixup, stream_of(seed_, "mixup", epoch, batch)));
  const int64_t count = images.dim(0), image = images.size() / count, classes = targets.dim(1);
  for (int64_t i = 0; i < count / 2; ++i) {
    const int64_t other = count - 1 - i;
    blend(share, image, images.data() + i * image, images.data() + other * image);
    blend(share, classes, targets.data() + i * classes, targets.data() + other * classes);
  }
}

}  // namespace lithe
