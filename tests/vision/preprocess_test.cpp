#include "pipelines/vision/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pipelines/vision/image_error.h"
#include "tests/vision/samples.h"

namespace lithe::test {
namespace {

Preprocessing unscaled(int64_t height, int64_t width) {
  Preprocessing p;
  p.resize = "none";
  p.crop_height = height;
  p.crop_width = width;
  p.mean = {0, 0, 0};
  p.std = {1, 1, 1};
  return p;
}

Tensor prepared(const Preprocessing& p, const cv::Mat& image, bool channels_last = true) {
  const Shape shape{1, channels_of(p), p.crop_height, p.crop_width};
  Tensor tensor = channels_last ? Tensor::channels_last(shape) : Tensor(shape);
  preprocess(p, image, tensor);
  return tensor;
}

TEST(Preprocess, ChannelsComeInTheModelsOrder) {
  const cv::Mat image(2, 2, CV_8UC3, cv::Scalar(10, 20, 30));  // B G R
  Preprocessing p = unscaled(2, 2);
  p.mean = {1, 2, 3};
  p.std = {2, 4, 8};
  for (const bool channels_last : {true, false}) {
    const Tensor rgb = prepared(p, image, channels_last);
    EXPECT_FLOAT_EQ(rgb.at(0, 0, 1, 1), (30 - 1) / 2.0f);
    EXPECT_FLOAT_EQ(rgb.at(0, 1, 1, 1), (20 - 2) / 4.0f);
    EXPECT_FLOAT_EQ(rgb.at(0, 2, 1, 1), (10 - 3) / 8.0f);
  }
  p.channels = "bgr";
  EXPECT_FLOAT_EQ(prepared(p, image).at(0, 0, 0, 0), (10 - 1) / 2.0f);
  p.channels = "gray";
  const float luma = std::round(0.299f * 30 + 0.587f * 20 + 0.114f * 10);
  EXPECT_FLOAT_EQ(prepared(p, image).at(0, 0, 0, 0), (luma - 1) / 2.0f);
}

TEST(Preprocess, TheCropIsInTheCentreAndHalvesGoToEven) {
  cv::Mat image(7, 9, CV_8UC3);
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 9; ++x) image.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<uint8_t>(10 * y + x));
  }
  EXPECT_EQ(prepared(unscaled(3, 3), image).at(0, 0, 0, 0), 10 * 2 + 3);
  // (7 - 4) / 2 = 1.5 becomes 2, (9 - 4) / 2 = 2.5 becomes 2, as round() of Python.
  EXPECT_EQ(prepared(unscaled(4, 4), image).at(0, 0, 0, 0), 10 * 2 + 2);
}

TEST(Preprocess, TheShorterSideDecidesAndTheLongerIsRoundedDown) {
  const Preprocessing p;
  EXPECT_EQ(crop_of(p, {500, 375}).size, cv::Size(341, 256));
  EXPECT_EQ(crop_of(p, {375, 500}).size, cv::Size(256, 341));
  EXPECT_EQ(crop_of(p, {500, 375}).window, cv::Rect(58, 16, 224, 224));
  EXPECT_EQ(crop_of(p, {100, 100}).size, cv::Size(256, 256)) << "small images grow";
  Preprocessing stretch = p;
  stretch.resize = "stretch";
  EXPECT_EQ(crop_of(stretch, {500, 375}).size, cv::Size(224, 224));
  EXPECT_THROW(crop_of(unscaled(224, 224), {500, 200}), ImageError);
  Preprocessing large = p;
  large.resize_to = 1 << 14;
  EXPECT_THROW(crop_of(large, {1 << 20, 1}), ImageError) << "the longer side would have 2^34 pixels";
  const Tensor whole = prepared(p, picture(640, 480));
  EXPECT_EQ(whole.shape(), (Shape{1, 3, 224, 224}));
}

TEST(Preprocess, ACropLiesInTheMemoryThatIsGiven) {
  const cv::Mat image = picture(40, 30);
  for (const char* resize : {"none", "shorter_side", "stretch"}) {
    Preprocessing p = unscaled(12, 16);
    p.resize = resize;
    p.resize_to = 20;
    const cv::Mat memory(12, 16, CV_8UC3), found = cropped(p, image, memory);
    EXPECT_EQ(found.data, memory.data) << resize;
    EXPECT_EQ(cv::norm(found, cropped(p, image), cv::NORM_INF), 0) << resize;
    EXPECT_TRUE(cropped(p, image).isContinuous()) << resize << ": no view of a larger image";
  }
}

TEST(Preprocess, SettingsThatFitNoImageAreNamed) {
  const auto message = [](void (*change)(Preprocessing*)) -> std::string {
    Preprocessing p;
    change(&p);
    try {
      check_preprocessing(p);
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kUsage);
      return e.what();
    }
    return "";
  };
  using testing::HasSubstr;
  EXPECT_EQ(message([](Preprocessing*) {}), "");
  EXPECT_THAT(message([](Preprocessing* p) { p->resize_to = 200; }), HasSubstr("resize_to"));
  EXPECT_THAT(message([](Preprocessing* p) { p->resize = "shorter_sid"; }), HasSubstr("did you mean \"shorter_side\""));
  EXPECT_THAT(message([](Preprocessing* p) { p->channels = "rbg"; }), HasSubstr("channels"));
  EXPECT_THAT(message([](Preprocessing* p) { p->interpolation = "cubic"; }), HasSubstr("interpolation"));
  EXPECT_THAT(message([](Preprocessing* p) { p->std[1] = 0; }), HasSubstr("std"));
  EXPECT_THAT(message([](Preprocessing* p) { p->crop_width = 0; }), HasSubstr("crop"));
}

}  // namespace
}  // namespace lithe::test
