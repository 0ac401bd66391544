#include "datasets/encode.h"

#include <openssl/evp.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace lithe {
namespace {

// As OpenCV's files have it: B G R.
cv::Mat mat_of(const Image& image) {
  cv::Mat pixels(static_cast<int>(image.height), static_cast<int>(image.width), image.channels == 3 ? CV_8UC3 : CV_8U,
                 const_cast<uint8_t*>(image.pixels));
  if (image.channels != 3) return pixels;
  cv::Mat bgr;
  cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

std::string encoded(const char* extension, const cv::Mat& mat) {
  std::vector<uint8_t> bytes;
  LITHE_CHECK(cv::imencode(extension, mat, bytes));
  return {bytes.begin(), bytes.end()};
}

std::string base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends with a zero byte
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace

std::string png_of(const Image& image) { return encoded(".png", mat_of(image)); }

std::string data_uri(const Image& image, int longest) {
  constexpr int kSmall = 64;
  cv::Mat mat = mat_of(image);
  if (std::max(mat.cols, mat.rows) <= kSmall) return "data:image/png;base64," + base64(encoded(".png", mat));
  const double scale = static_cast<double>(longest) / std::max(mat.cols, mat.rows);
  if (scale < 1) {
    const cv::Size size(std::max(1, static_cast<int>(mat.cols * scale)),
                        std::max(1, static_cast<int>(mat.rows * scale)));
    cv::Mat smaller;
    cv::resize(mat, smaller, size, 0, 0, cv::INTER_AREA);
    mat = smaller;
  }
  return "data:image/jpeg;base64," + base64(encoded(".jpg", mat));
}

}  // namespace lithe
