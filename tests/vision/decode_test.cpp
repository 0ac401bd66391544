#include "pipelines/vision/decode.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "pipelines/vision/image_error.h"
#include "tests/vision/samples.h"

namespace lithe::test {
namespace {

double difference(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() ? cv::norm(a, b, cv::NORM_INF) : 1e9;
}

cv::Mat opencv(const std::string& file) {
  const std::vector<uint8_t> bytes(file.begin(), file.end());
  return cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
}

cv::Mat decoded(const std::string& file) { return decode_image(file).bgr; }

TEST(Decode, JpegHasThePixelsOfOpenCv) {
  const cv::Mat image = picture(133, 77);
  cv::Mat grey;
  cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
  for (const std::string& file :
       {encoded(".jpg", image), encoded(".jpg", image, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}),
        encoded(".jpg", image, {cv::IMWRITE_JPEG_QUALITY, 20, cv::IMWRITE_JPEG_RST_INTERVAL, 3}), encoded(".jpg", grey),
        encoded(".jpg", picture(1, 1)), encoded(".jpg", picture(8, 300))}) {
    EXPECT_EQ(difference(decoded(file), opencv(file)), 0);
  }
}

// Inks are inverted: light = 255 - ink, and what is seen is light * black light / 255.
TEST(Decode, CmykAndYcckJpegBecomeRgb) {
  cv::Mat cmyk(40, 60, CV_8UC4), expected(40, 60, CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    for (int x = 0; x < cmyk.cols; ++x) {
      const int cyan = 4 * x, magenta = 6 * y, yellow = 255 - 3 * x, black = 255 - y;
      cmyk.at<cv::Vec4b>(y, x) = cv::Vec4b(static_cast<uint8_t>(cyan), static_cast<uint8_t>(magenta),
                                           static_cast<uint8_t>(yellow), static_cast<uint8_t>(black));
      expected.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uint8_t>(yellow * black / 255), static_cast<uint8_t>(magenta * black / 255),
                    static_cast<uint8_t>(cyan * black / 255));
    }
  }
  for (const bool ycck : {false, true}) {
    const std::string file = cmyk_jpeg(cmyk, ycck);
    EXPECT_LE(difference(decoded(file), expected), 12) << ycck;
    EXPECT_EQ(difference(decoded(file), opencv(file)), 0) << ycck;
  }
}

TEST(Decode, LosslessFormatsGiveTheirPixels) {
  const cv::Mat image = picture(37, 21);
  for (const char* extension : {".png", ".tiff", ".bmp", ".ppm", ".pam", ".ras"}) {
    EXPECT_EQ(difference(decoded(encoded(extension, image)), image), 0) << extension;
  }
  EXPECT_EQ(difference(decoded(encoded(".webp", image, {cv::IMWRITE_WEBP_QUALITY, 101})), image), 0);
  EXPECT_EQ(difference(decoded(encoded(".ppm", image, {cv::IMWRITE_PXM_BINARY, 0})), image), 0);
  EXPECT_LE(difference(decoded(encoded(".jp2", picture(100, 80))), picture(100, 80)), 12);
  cv::Mat light;
  image.convertTo(light, CV_32F, 1 / 255.0);
  EXPECT_LE(difference(decoded(encoded(".hdr", light)), image), 2);
}

TEST(Decode, SixteenBitBecomesEight) {
  const cv::Mat image = picture(37, 21);
  cv::Mat wide;
  image.convertTo(wide, CV_16U, 256, 255);  // rounding would give another value
  EXPECT_EQ(difference(decoded(encoded(".png", wide)), image), 0);
  EXPECT_EQ(difference(decoded(encoded(".ppm", wide)), image), 0);
  EXPECT_LE(difference(decoded(encoded(".tiff", wide)), image), 1) << "libtiff rounds";
}

TEST(Decode, GreyPaletteAndAlphaBecomeThreeChannels) {
  // Four pixels in two rows: bits, palette entries, grey with alpha, colours with alpha.
  const auto pixel = [](const cv::Mat& image, int i) { return image.at<cv::Vec3b>(i / 2, i % 2); };
  const cv::Mat bits = decoded(png_of({2, 2, 1, 0, {"\x40", "\x80"}, "", ""}));
  EXPECT_EQ(pixel(bits, 0), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(pixel(bits, 1), cv::Vec3b(255, 255, 255));
  const std::string palette = {10, 20, 30, 40, 50, 60, 70, 80, 90};
  for (const std::string& transparency : {std::string(), std::string("\x00\x80", 2)}) {
    const cv::Mat entries = decoded(png_of({2, 2, 8, 3, {{0, 1}, {2, 0}}, palette, transparency}));
    EXPECT_EQ(pixel(entries, 0), cv::Vec3b(30, 20, 10));
    EXPECT_EQ(pixel(entries, 2), cv::Vec3b(90, 80, 70));
  }
  const cv::Mat grey_alpha = decoded(png_of({2, 2, 8, 4, {{100, 0, 50, 1}, {25, 2, 12, 3}}, "", ""}));
  EXPECT_EQ(pixel(grey_alpha, 0), cv::Vec3b(100, 100, 100)) << "alpha is dropped, not blended";
  const cv::Mat alpha = decoded(png_of({2, 1, 8, 6, {{1, 2, 3, 0, 4, 5, 6, 127}}, "", ""}));
  EXPECT_EQ(alpha.at<cv::Vec3b>(0, 0), cv::Vec3b(3, 2, 1));
  cv::Mat grey(9, 9, CV_8U, cv::Scalar(77));
  EXPECT_EQ(decoded(encoded(".png", grey)).at<cv::Vec3b>(4, 4), cv::Vec3b(77, 77, 77));
  cv::Mat bgra(9, 9, CV_8UC4, cv::Scalar(1, 2, 3, 0));
  EXPECT_EQ(decoded(encoded(".webp", bgra, {cv::IMWRITE_WEBP_QUALITY, 101})).size(), cv::Size(9, 9));
}

// Where pixel (x, y) of the upright image lies in the stored one, by the EXIF standard's table of rows and columns.
cv::Vec3b stored_at(const cv::Mat& stored, int orientation, int x, int y) {
  const int right = stored.cols - 1, bottom = stored.rows - 1;
  switch (orientation) {
    case 1:
      return stored.at<cv::Vec3b>(y, x);
    case 2:
      return stored.at<cv::Vec3b>(y, right - x);
    case 3:
      return stored.at<cv::Vec3b>(bottom - y, right - x);
    case 4:
      return stored.at<cv::Vec3b>(bottom - y, x);
    case 5:
      return stored.at<cv::Vec3b>(x, y);
    case 6:
      return stored.at<cv::Vec3b>(bottom - x, y);
    case 7:
      return stored.at<cv::Vec3b>(bottom - x, right - y);
    default:
      return stored.at<cv::Vec3b>(x, right - y);
  }
}

TEST(Decode, OrientationIsAppliedOnceInEveryFormatThatCarriesIt) {
  const cv::Mat image = picture(50, 30);
  const std::string jpeg = encoded(".jpg", image, {cv::IMWRITE_JPEG_QUALITY, 100}), png = encoded(".png", image);
  const std::string webp = encoded(".webp", image, {cv::IMWRITE_WEBP_QUALITY, 101});
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      const std::string block = exif_block(orientation, big_endian);
      for (const std::string& file : {jpeg_with_exif(jpeg, block), png_with_exif(png, block),
                                      webp_with_exif(webp, block, 50, 30), tiff_of(image, orientation, big_endian)}) {
        const DecodedImage found = decode_image(file);
        SCOPED_TRACE("orientation " + std::to_string(orientation) + " of " + file.substr(0, 4));
        EXPECT_EQ(found.width, 50);
        EXPECT_EQ(found.height, 30);
        ASSERT_EQ(found.bgr.size(), orientation < 5 ? cv::Size(50, 30) : cv::Size(30, 50));
        double worst = 0;
        for (int y = 0; y < found.bgr.rows; ++y) {
          for (int x = 0; x < found.bgr.cols; ++x) {
            worst = std::max(worst, cv::norm(found.bgr.at<cv::Vec3b>(y, x), stored_at(image, orientation, x, y)));
          }
        }
        EXPECT_LE(worst, 24) << "the corners of the picture differ by more than 200";
      }
    }
  }
}

TEST(Decode, NonsenseOrientationsCountAsUpright) {
  const std::string jpeg = encoded(".jpg", picture(16, 8));
  for (const int orientation : {0, 9, 65535}) {
    EXPECT_EQ(decode_image(jpeg_with_exif(jpeg, exif_block(orientation, true))).bgr.size(), cv::Size(16, 8));
  }
  const std::string block = exif_block(6, false);
  for (size_t length = 0; length + 6 < block.size(); ++length) {  // the last six bytes are padding
    EXPECT_EQ(decode_image(jpeg_with_exif(jpeg, block.substr(0, length))).width, 16) << length;
  }
}

}  // namespace
}  // namespace lithe::test
