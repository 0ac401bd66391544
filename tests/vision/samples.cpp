#include "tests/vision/samples.h"

#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
// jpeglib.h needs size_t and FILE from <cstdio> before it.
#include <jpeglib.h>

namespace lithe::test {
namespace {

std::string integer(uint32_t value, int bytes, bool big_endian) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * (big_endian ? bytes - 1 - i : i));
  return text;
}

std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto checksum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return integer(static_cast<uint32_t>(data.size()), 4, true) + body +
         integer(static_cast<uint32_t>(checksum), 4, true);
}

std::string riff_chunk(const std::string& type, const std::string& data) {
  return type + integer(static_cast<uint32_t>(data.size()), 4, false) + data + std::string(data.size() % 2, '\0');
}

std::string deflated(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string result(size, '\0');
  compress(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  result.resize(size);
  return result;
}

}  // namespace

cv::Mat picture(int width, int height) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int u = 255 * x / std::max(width - 1, 1), v = 255 * y / std::max(height - 1, 1);
      image.at<cv::Vec3b>(y, x) = cv::Vec3b(static_cast<uint8_t>(u), static_cast<uint8_t>(v),
                                            static_cast<uint8_t>((u * v / 255 + 2 * (255 - u)) / 3));
    }
  }
  return image;
}

std::string encoded(const std::string& extension, const cv::Mat& image, const std::vector<int>& parameters) {
  std::vector<uint8_t> bytes;
  if (!cv::imencode(extension, image, bytes, parameters)) std::abort();
  return {bytes.begin(), bytes.end()};
}

std::string exif_block(int orientation, bool big_endian) {
  const auto number = [&](uint32_t value, int bytes) { return integer(value, bytes, big_endian); };
  return (big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) + number(1, 2) +  //
         number(274, 2) + number(3, 2) + number(1, 4) + number(static_cast<uint32_t>(orientation), 2) + number(0, 2) +
         number(0, 4);
}

std::string jpeg_with_exif(const std::string& jpeg, const std::string& block) {
  const std::string data = std::string("Exif\0\0", 6) + block;
  return jpeg.substr(0, 2) + "\xFF\xE1" + integer(static_cast<uint32_t>(data.size() + 2), 2, true) + data +
         jpeg.substr(2);
}

std::string png_with_exif(const std::string& png, const std::string& block) {
  constexpr size_t kHeader = 8 + 25;
  return png.substr(0, kHeader) + png_chunk("eXIf", block) + png.substr(kHeader);
}

std::string webp_with_exif(const std::string& webp, const std::string& block, int width, int height) {
  const std::string extended = std::string("\x08\0\0\0", 4) + integer(static_cast<uint32_t>(width - 1), 3, false) +
                               integer(static_cast<uint32_t>(height - 1), 3, false);
  const std::string body = "WEBP" + riff_chunk("VP8X", extended) + webp.substr(12) + riff_chunk("EXIF", block);
  return "RIFF" + integer(static_cast<uint32_t>(body.size()), 4, false) + body;
}

std::string tiff_of(const cv::Mat& image, int orientation, bool big_endian) {
  const auto number = [&](int64_t value, int bytes) {
    return integer(static_cast<uint32_t>(value), bytes, big_endian);
  };
  std::string pixels;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      for (int c = 2; c >= 0; --c) pixels += static_cast<char>(image.at<cv::Vec3b>(y, x)[c]);
    }
  }
  if (pixels.size() % 2 != 0) pixels += '\0';
  const int64_t depths = 8 + static_cast<int64_t>(pixels.size());
  const auto entry = [&](int tag, int type, int64_t count, int64_t value) {
    const bool is_short = type == 3 && count == 1;
    return number(tag, 2) + number(type, 2) + number(count, 4) +
           (is_short ? number(value, 2) + number(0, 2) : number(value, 4));
  };
  const int kShort = 3, kLong = 4;
  return (big_endian ? "MM" : "II") + number(42, 2) + number(depths + 6, 4) + pixels + number(8, 2) + number(8, 2) +
         number(8, 2) + number(10, 2) + entry(256, kShort, 1, image.cols) + entry(257, kShort, 1, image.rows) +
         entry(258, kShort, 3, depths) + entry(259, kShort, 1, 1) + entry(262, kShort, 1, 2) + entry(273, kLong, 1, 8) +
         entry(274, kShort, 1, orientation) + entry(277, kShort, 1, 3) + entry(278, kLong, 1, image.rows) +
         entry(279, kLong, 1, image.rows * image.cols * 3) + number(0, 4);
}

std::string png_of(const PngParts& parts) {
  std::string samples;
  for (const std::string& row : parts.rows) samples += '\0' + row;
  std::string header = integer(static_cast<uint32_t>(parts.width), 4, true);
  header += integer(static_cast<uint32_t>(parts.height), 4, true);
  header += static_cast<char>(parts.depth);
  header += static_cast<char>(parts.colour_type);
  header += std::string(3, '\0');
  return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", header) +
         (parts.palette.empty() ? "" : png_chunk("PLTE", parts.palette)) +
         (parts.transparency.empty() ? "" : png_chunk("tRNS", parts.transparency)) +
         png_chunk("IDAT", deflated(samples)) + png_chunk("IEND", "");
}

std::string cmyk_jpeg(const cv::Mat& cmyk, bool ycck) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = static_cast<JDIMENSION>(cmyk.cols);
  jpeg.image_height = static_cast<JDIMENSION>(cmyk.rows);
  jpeg.input_components = 4;
  jpeg.in_color_space = JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  if (ycck) jpeg_set_colorspace(&jpeg, JCS_YCCK);
  jpeg_set_quality(&jpeg, 95, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = const_cast<unsigned char*>(cmyk.ptr(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string file(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return file;
}

}  // namespace lithe::test
