#include "datasets/augment.h"

#include <gmock/gmock.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "datasets/colour_jitter.h"
#include "pipelines/core/random.h"
#include "pipelines/vision/preprocess.h"

namespace lithe::test {
namespace {

// Noise, R G B.
cv::Mat noise(int width, int height, uint64_t seed = 1) {
  cv::Mat image(height, width, CV_8UC3);
  const RandomStream random(seed, "noise");
  for (size_t i = 0; i < image.total() * 3; ++i) image.data[i] = static_cast<uint8_t>(random.bits(i));
  return image;
}

Image view(const cv::Mat& image) { return {image.rows, image.cols, image.channels(), image.data}; }

Preprocessing small(int height, int width, const char* channels = "rgb") {
  Preprocessing p = preprocessing_preset("imagenet");
  p.resize = "none";
  p.crop_height = height, p.crop_width = width, p.channels = channels;
  return p;
}

std::vector<float> written(const Augmenter& augmenter, const cv::Mat& image, int64_t epoch = 0, int64_t index = 0) {
  std::vector<float> input(static_cast<size_t>(elements(augmenter.input_shape())), NAN);
  augmenter.write(view(image), epoch, index, input.data());
  return input;
}

TEST(Augmenter, WithoutAugmentationGivesTheBitsOfPreprocess) {
  const cv::Mat rgb = noise(61, 47);
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  for (const char* channels : {"rgb", "bgr", "gray"}) {
    for (const char* resize : {"shorter_side", "stretch", "none"}) {
      Preprocessing p = small(29, 31, channels);
      p.resize = resize;
      p.resize_to = 37;
      Tensor expected({1, channels_of(p), 29, 31});
      preprocess(p, bgr, expected);
      const std::vector<float> input = written({p, {}, 1}, rgb);
      EXPECT_EQ(input, std::vector<float>(expected.data(), expected.data() + expected.size())) << channels << resize;
    }
  }
}

TEST(Augmenter, GreyImagesFillAllChannels) {
  cv::Mat gray;
  cv::extractChannel(noise(8, 8), gray, 1);
  Preprocessing p = small(8, 8);
  const std::vector<float> input = written({p, {}, 1}, gray);
  for (size_t c = 0; c < 3; ++c) {
    for (size_t i = 0; i < 64; ++i) {
      ASSERT_EQ(input[c * 64 + i], (static_cast<float>(gray.data[i]) - p.mean[c]) / p.std[c]);
    }
  }
}

TEST(Augmenter, DependsOnSeedEpochAndIndexAlone) {
  Augmentation a;
  a.crop_area = 0.2, a.flip = true, a.erase = 0.5, a.pad = 3, a.hue = 0.2, a.contrast = 0.3;
  const cv::Mat image = noise(40, 30);
  const Augmenter one(small(16, 16), a, 5), again(small(16, 16), a, 5), other(small(16, 16), a, 6);
  for (int64_t index = 0; index < 20; ++index) {
    const std::vector<float> input = written(one, image, 2, index);
    EXPECT_EQ(input, written(again, image, 2, index));
    EXPECT_NE(input, written(one, image, 3, index));
    EXPECT_NE(input, written(one, image, 2, index + 1));
    EXPECT_NE(input, written(other, image, 2, index));
  }
}

// Each result must be one of the shifted and mirrored images, and all of them must occur.
TEST(Augmenter, PadsMovesAndMirrors) {
  Augmentation a;
  a.pad = 1, a.flip = true;
  const cv::Mat image = noise(5, 4);
  const Preprocessing p = small(4, 5);
  const Augmenter augmenter(p, a, 9);
  std::vector<int> seen(18);
  for (int64_t index = 0; index < 400; ++index) {
    const std::vector<float> input = written(augmenter, image, 0, index);
    int matches = 0;
    for (int k = 0; k < 18; ++k) {
      const int dx = k % 3 - 1, dy = k / 3 % 3 - 1;
      bool same = true;
      for (int i = 0; i < 60; ++i) {
        const int c = i / 20, y = i / 5 % 4, x = k < 9 ? i % 5 : 4 - i % 5;
        const bool inside = x + dx >= 0 && x + dx < 5 && y + dy >= 0 && y + dy < 4;
        const int pixel = inside ? image.at<cv::Vec3b>(y + dy, x + dx)[c] : 0;
        const auto channel = static_cast<size_t>(c);
        same &= input[static_cast<size_t>(i)] == (static_cast<float>(pixel) - p.mean[channel]) / p.std[channel];
      }
      seen[static_cast<size_t>(k)] += same, matches += same;
    }
    EXPECT_EQ(matches, 1) << index;
  }
  EXPECT_THAT(seen, testing::Each(testing::Gt(5)));
}

TEST(Augmenter, CropsPartsOfAllSizes) {
  Augmentation a;
  a.crop_area = 0.25;
  cv::Mat ramp(64, 64, CV_8U);  // a crop's width shows in its steps
  for (int i = 0; i < 64 * 64; ++i) ramp.data[i] = static_cast<uint8_t>(i % 64 * 4);
  Preprocessing p = small(16, 16, "gray");
  p.mean = {0, 0, 0}, p.std = {1, 1, 1};
  const Augmenter augmenter(p, a, 3);
  float narrowest = 256, widest = 0;
  for (int64_t index = 0; index < 200; ++index) {
    const std::vector<float> row = written(augmenter, ramp, 0, index);
    const float width = (row[12] - row[4]) / 4 * 16 / 8;  // pixels of the original
    narrowest = std::min(narrowest, width), widest = std::max(widest, width);
  }
  EXPECT_GE(narrowest, 64 * std::sqrt(0.25 * 3 / 4) - 2);
  EXPECT_LT(narrowest, 34);
  EXPECT_LE(widest, 65);
  EXPECT_GT(widest, 58);
}

TEST(Augmenter, ErasesARectangleToTheMean) {
  Augmentation a;
  a.erase = 0.5;
  cv::Mat white(32, 32, CV_8UC3, cv::Scalar::all(255));
  const Augmenter augmenter(small(32, 32), a, 4);
  int erased = 0;
  for (int64_t index = 0; index < 200; ++index) {
    const std::vector<float> input = written(augmenter, white, 0, index);
    const auto holes = std::count(input.begin(), input.begin() + 1024, 0.0f);
    for (size_t i = 0; i < 1024; ++i) ASSERT_EQ(input[i] == 0, input[1024 + i] == 0);
    if (holes == 0) continue;
    ++erased;
    EXPECT_GE(holes, 10);
    EXPECT_LE(holes, 1024 / 3 + 40);
  }
  EXPECT_NEAR(erased, 100, 30);
}

TEST(ColourJitter, ScalesBlendsAndTurns) {
  cv::Mat pixel(1, 2, CV_8UC3);
  pixel.at<cv::Vec3b>(0, 0) = {100, 60, 20};
  pixel.at<cv::Vec3b>(0, 1) = {200, 200, 200};
  const auto first = [](const cv::Mat& image) { return image.at<cv::Vec3b>(0, 0); };
  EXPECT_EQ(first(jittered(pixel, {1.5, 1, 1, 0})), cv::Vec3b(150, 90, 30));
  EXPECT_EQ(first(jittered(pixel, {0, 1, 1, 0})), cv::Vec3b(0, 0, 0));
  // Lumas are 67 and 200, their mean 133.5.
  EXPECT_EQ(first(jittered(pixel, {1, 0.5, 1, 0})), cv::Vec3b(117, 97, 77));
  EXPECT_EQ(first(jittered(pixel, {1, 1, 0, 0})), cv::Vec3b(67, 67, 67));
  const cv::Vec3b turned = first(jittered(pixel, {1, 1, 1, 1.0 / 3}));  // red to green
  EXPECT_NEAR(turned[1], 100, 3);
  EXPECT_NEAR(turned[2], 60, 3);
  EXPECT_NEAR(turned[0], 20, 3);
  cv::Mat gray(1, 1, CV_8U, cv::Scalar(80));
  EXPECT_EQ(jittered(gray, {0.5, 1, 2, 0.3}).data[0], 40);
}

TEST(Targets, AreSmoothedAndSumToOne) {
  Augmentation a;
  a.label_smoothing = 0.2;
  Tensor targets({2, 4});
  Augmenter(small(4, 4), a, 1).write_targets({3, 0}, targets);
  EXPECT_FLOAT_EQ(targets.at(0, 3), 0.85f);
  EXPECT_FLOAT_EQ(targets.at(0, 0), 0.05f);
  EXPECT_FLOAT_EQ(targets.at(1, 0), 0.85f);
}

TEST(Mixup, BlendsPairsAndTheirTargetsAlike) {
  Augmentation a;
  a.mixup = 0.5;
  const Augmenter augmenter(small(1, 1, "gray"), a, 1);
  std::vector<float> shares;
  for (int64_t batch = 0; batch < 500; ++batch) {
    const Tensor images = Tensor::of({3, 1, 1, 1}, {1, 5, 3}), targets = Tensor::of({3, 2}, {1, 0, 0, 1, 0, 1});
    augmenter.mix(0, batch, images, targets);
    const float share = targets.at(0, 0);
    shares.push_back(share);
    EXPECT_NEAR(images.data()[0], share * 1 + (1 - share) * 3, 1e-5);
    EXPECT_NEAR(images.data()[2], share * 3 + (1 - share) * 1, 1e-5);
    EXPECT_EQ(images.data()[1], 5);
    EXPECT_NEAR(targets.at(2, 0), 1 - share, 1e-6);
    EXPECT_NEAR(targets.at(0, 0) + targets.at(0, 1), 1, 1e-6);
  }
  double mean = 0, variance = 0;
  for (const float share : shares) mean += share / 500;
  for (const float share : shares) variance += (share - mean) * (share - mean) / 500;
  EXPECT_NEAR(mean, 0.5, 0.06);
  EXPECT_NEAR(variance, 1 / (4 * (2 * 0.5 + 1)), 0.02);  // of Beta(a, a)
}

TEST(Augmentation, OptionsOutOfRangeAreNamed) {
  Augmentation a;
  a.hue = 0.6;
  try {
    Augmenter(small(4, 4), a, 1);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kUsage);
    EXPECT_THAT(e.what(), testing::HasSubstr("--hue: expected 0 to 0.5, got 0.6"));
  }
}

}  // namespace
}  // namespace lithe::test
