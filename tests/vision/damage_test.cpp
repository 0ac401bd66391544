// Files that are no images, or only parts of one: always an ImageError with its code, never pixels.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <random>

#include "pipelines/vision/decode.h"
#include "pipelines/vision/image_error.h"
#include "tests/vision/samples.h"

namespace lithe::test {
namespace {

// The code of the error, "" if there is none.
template <class Work>
std::string code(Work work) {
  try {
    work();
    return "";
  } catch (const ImageError& e) {
    return code_of(e.fault());
  }
}

std::string decode_code(const std::string& file, int64_t max_pixels = 1'000'000) {
  return code([&] { decode_image(file, {max_pixels, 1 << 30}); });
}

struct Sample {
  std::string extension;
  std::vector<int> parameters;
};
const std::vector<Sample> kSamples = {{".jpg", {}},
                                      {".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}},
                                      {".png", {}},
                                      {".webp", {}},
                                      {".webp", {cv::IMWRITE_WEBP_QUALITY, 101}},
                                      {".tiff", {}},
                                      {".tiff", {cv::IMWRITE_TIFF_COMPRESSION, 1}},
                                      {".bmp", {}},
                                      {".ppm", {}},
                                      {".jp2", {}},
                                      {".ras", {}},
                                      {".hdr", {}}};

std::string sample(const Sample& kind, int width, int height) {
  cv::Mat image = picture(width, height);
  if (kind.extension == ".hdr") image.convertTo(image, CV_32F, 1 / 255.0);
  return encoded(kind.extension, image, kind.parameters);
}

TEST(Damage, ACutFileIsAnErrorWhereverItIsCut) {
  for (const Sample& kind : kSamples) {
    const std::string file = sample(kind, 90, 70);
    EXPECT_EQ(decode_code(file), "") << kind.extension;
    for (const size_t kept : {file.size() - 1, file.size() - 2, file.size() * 9 / 10, file.size() / 2, file.size() / 5,
                              size_t{40}, size_t{17}, size_t{5}}) {
      EXPECT_NE(decode_code(file.substr(0, kept)), "") << kind.extension << " of " << kept << "/" << file.size();
    }
  }
}

TEST(Damage, AHalfJpegIsTruncatedAtEveryByte) {
  const std::string file = sample({".jpg", {}}, 64, 48);
  for (size_t kept = 4; kept < file.size(); ++kept) {
    const std::string found = decode_code(file.substr(0, kept));
    EXPECT_TRUE(found == "truncated" || found == "corrupt") << kept << " bytes: \"" << found << "\"";
  }
}

TEST(Damage, OverwrittenScansAreErrorsAndNothingCrashes) {
  std::mt19937 random(3);
  for (const Sample& kind : kSamples) {
    const std::string file = sample(kind, 90, 70);
    for (int i = 0; i < 60; ++i) {
      std::string damaged = file;
      for (int k = 0; k < 8; ++k) damaged[random() % damaged.size()] = static_cast<char>(random());
      decode_code(damaged);  // any outcome but a crash or another exception
    }
  }
  std::string jpeg = sample({".jpg", {}}, 60, 40);
  std::fill(jpeg.begin() + static_cast<ptrdiff_t>(jpeg.size() / 2), jpeg.end() - 40, '\x55');
  EXPECT_NE(decode_code(jpeg), "");
}

TEST(Damage, NothingIsWrittenToStandardError) {
  testing::internal::CaptureStderr();
  for (const char* extension : {".jpg", ".png", ".webp", ".tiff", ".bmp", ".ppm", ".jp2"}) {
    const std::string file = sample({extension, {}}, 90, 70);
    decode_code(file.substr(0, file.size() / 2));
  }
  std::cerr << "spoken\n";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "spoken\n");
}

TEST(Damage, BytesAfterTheImageDoNoHarm) {
  for (const char* extension : {".jpg", ".png"}) {
    EXPECT_EQ(decode_code(sample({extension, {}}, 20, 20) + std::string(100, 'x')), "") << extension;
  }
}

TEST(Damage, WhatIsNoImageSaysSo) {
  EXPECT_EQ(decode_code(""), "empty");
  for (const std::string& text : {std::string("x"), std::string("hello, world"), std::string(5000, '\0')}) {
    EXPECT_EQ(decode_code(text), "not_an_image");
  }
  EXPECT_EQ(decode_code("GIF89a and so on"), "unsupported");
}

TEST(Damage, ALargeImageIsRefusedByItsHeaderAlone) {
  for (const Sample& kind : kSamples) {
    EXPECT_EQ(decode_code(sample(kind, 80, 70), 5599), "too_large") << kind.extension;
    EXPECT_EQ(decode_code(sample(kind, 80, 70), 5600), "") << kind.extension;
  }
  // 60,000 x 60,000 pixels would be 10.8 GB.
  std::string bmp = sample({".bmp", {}}, 40, 30), jpeg = sample({".jpg", {}}, 40, 30);
  bmp.replace(18, 8, std::string("\x60\xEA\0\0\x60\xEA\0\0", 8));
  jpeg.replace(jpeg.find(std::string("\xFF\xC0\0\x11\x08", 5)) + 5, 4, "\xEA\x60\xEA\x60");
  const std::string png = png_of({60000, 60000, 8, 2, {"abc"}, "", ""});
  const std::string ppm = "P6\n# a comment 1 2 3\n60000 60000\n255\n";
  for (const std::string& file : {bmp, jpeg, png, ppm}) {
    EXPECT_EQ(decode_code(file, 100'000'000), "too_large") << file.substr(0, 4);
  }
  EXPECT_EQ(decode_code(png_of({2'000'000, 1, 8, 2, {"abc"}, "", ""}), 100'000'000), "too_large");
}

TEST(Damage, JpegTwoThousandWithTooManyComponentsIsRefused) {
  std::string file = sample({".jp2", {}}, 80, 70);
  file.replace(file.find("\xFF\x4F\xFF\x51") + 40, 2, std::string("\x40\0", 2));
  EXPECT_EQ(decode_code(file), "unsupported");
}

TEST(Damage, EndlessProgressiveScansAreCutShort) {
  const std::string file = sample({".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}}, 64, 64);
  const size_t last_scan = file.rfind("\xFF\xDA");
  std::string scans;
  for (int i = 0; i < 600; ++i) scans += file.substr(last_scan, file.size() - 2 - last_scan);
  EXPECT_EQ(decode_code(file.substr(0, file.size() - 2) + scans + "\xFF\xD9"), "unsupported");
}

class ReadImage : public testing::Test {
 protected:
  ReadImage() { std::filesystem::create_directory(folder_); }
  ~ReadImage() override { std::filesystem::remove_all(folder_); }
  std::string read_code(const std::string& name) const {
    return code([&] { read_image(folder_ + "/" + name); });
  }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }
  std::string folder_ = testing::TempDir() + "lithe_read_image_" + std::to_string(::getpid());
};

TEST_F(ReadImage, ThePathMayBeAnything) {
  write("misnamed.txt", encoded(".jpg", picture(8, 8)));
  EXPECT_EQ(read_code("misnamed.txt"), "");
  write("empty.jpg", "");
  EXPECT_EQ(read_code("empty.jpg"), "empty");
  write("text.png", "no picture");
  EXPECT_EQ(read_code("text.png"), "not_an_image");
  EXPECT_EQ(read_code("absent.jpg"), "not_found");
  EXPECT_EQ(read_code("text.png/inside"), "not_found");
  std::filesystem::create_directory(folder_ + "/folder.jpg");
  EXPECT_EQ(read_code("folder.jpg"), "not_a_file");
  ASSERT_EQ(::mkfifo((folder_ + "/pipe.jpg").c_str(), 0600), 0);
  EXPECT_EQ(read_code("pipe.jpg"), "not_a_file") << "and it does not wait for a writer";
  std::filesystem::create_symlink("loop.jpg", folder_ + "/loop.jpg");
  EXPECT_EQ(read_code("loop.jpg"), "not_found");
}

TEST_F(ReadImage, PermissionsAreRespected) {
  write("secret.jpg", encoded(".jpg", picture(8, 8)));
  ::chmod((folder_ + "/secret.jpg").c_str(), 0);
  const bool is_root = ::geteuid() == 0;
  ASSERT_EQ(::seteuid(is_root ? 65534 : ::geteuid()), 0);  // root may read everything
  const std::string found = read_code("secret.jpg");
  ASSERT_EQ(::seteuid(is_root ? 0 : ::geteuid()), 0);
  EXPECT_EQ(found, "permission_denied");
}

}  // namespace
}  // namespace lithe::test
