#include "pipelines/vision/jpeg.h"

#include <csetjmp>
#include <cstdio>
// jpeglib.h needs size_t and FILE from <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

#include "pipelines/vision/image_error.h"
#include "pipelines/vision/tiff_directory.h"

namespace lithe {
namespace {

// A progressive file may claim any number of passes over one small image; real ones have about ten.
constexpr int kMaxScans = 500;

// libjpeg reports by callbacks. A fatal one must not return, and libjpeg is C: longjmp leaves it, so that no function
// between the two may own anything.
class Decoder {
 public:
  Decoder() {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr jpeg) { std::longjmp(self(jpeg).leave_, 1); };
    errors_.emit_message = [](j_common_ptr jpeg, int level) { self(jpeg).note(level); };
    errors_.output_message = [](j_common_ptr) {};
    progress_.progress_monitor = [](j_common_ptr jpeg) {
      Decoder& decoder = self(jpeg);
      if (decoder.jpeg_.input_scan_number <= kMaxScans) return;
      decoder.too_many_scans_ = true;
      std::longjmp(decoder.leave_, 1);
    };
    jpeg_.client_data = this;
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }
  Decoder(const Decoder&) = delete;

  bool read_header(std::string_view file) {
    if (setjmp(leave_) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xFFFF);
    jpeg_read_header(&jpeg_, TRUE);
    jpeg_.out_color_space = is_cmyk() ? JCS_CMYK : JCS_EXT_BGR;
    return true;
  }

  bool read_pixels(unsigned char* pixels, size_t row_bytes) {
    if (setjmp(leave_) != 0) return false;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      unsigned char* row = pixels + jpeg_.output_scanline * row_bytes;
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  bool is_cmyk() const { return jpeg_.num_components == 4; }
  ImageHeader header() const {
    ImageHeader header{jpeg_.image_width, jpeg_.image_height};
    for (auto marker = jpeg_.marker_list; marker != nullptr && header.orientation == 1; marker = marker->next) {
      header.orientation = exif_orientation({reinterpret_cast<const char*>(marker->data), marker->data_length});
    }
    return header;
  }

  // Throws what a failed step or a warning of damage means.
  void check(bool done) {
    if (too_many_scans_) throw ImageError(ImageFault::kUnsupported, "JPEG: more than 500 scans");
    if (done && damage_ == 0) return;
    if (damage_ != 0) errors_.msg_code = damage_;
    char reason[JMSG_LENGTH_MAX];
    errors_.format_message(reinterpret_cast<j_common_ptr>(&jpeg_), reason);
    throw ImageError(fault_of(errors_.msg_code), std::string("JPEG: ") + reason);
  }

 private:
  static Decoder& self(j_common_ptr jpeg) { return *static_cast<Decoder*>(jpeg->client_data); }

  static ImageFault fault_of(int code) {
    switch (code) {
      case JWRN_JPEG_EOF:
      case JERR_INPUT_EOF:
        return ImageFault::kTruncated;
      case JERR_BAD_PRECISION:
      case JERR_SOF_UNSUPPORTED:
      case JERR_ARITH_NOTIMPL:
      case JERR_CONVERSION_NOTIMPL:
        return ImageFault::kUnsupported;
      default:
        return ImageFault::kCorrupt;
    }
  }

  // Remembers the first warning that means missing or wrong pixels; what libjpeg merely skips does no harm.
  void note(int level) {
    const int code = errors_.msg_code;
    const bool harmless = code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_TOO_MUCH_DATA ||
                          code == JWRN_ADOBE_XFORM || code == JWRN_BOGUS_ICC;
    if (level < 0 && !harmless && damage_ == 0) damage_ = code;
  }

  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf leave_;
  int damage_ = 0;
  bool too_many_scans_ = false;
};

// Adobe stores 255 - ink, so that ink and black multiply as light does.
cv::Mat cmyk_to_bgr(const cv::Mat& cmyk) {
  cv::Mat bgr(cmyk.size(), CV_8UC3);
  const auto mixed = [](int light, int black) { return static_cast<uint8_t>(black - ((255 - light) * black >> 8)); };
  for (int y = 0; y < cmyk.rows; ++y) {
    const auto* from = cmyk.ptr<cv::Vec4b>(y);
    auto* to = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < cmyk.cols; ++x) {
      const int black = from[x][3];
      to[x] = {mixed(from[x][2], black), mixed(from[x][1], black), mixed(from[x][0], black)};
    }
  }
  return bgr;
}

}  // namespace

cv::Mat read_jpeg(std::string_view file, int64_t max_pixels, ImageHeader* header) {
  Decoder decoder;
  decoder.check(decoder.read_header(file));
  *header = decoder.header();
  require_pixels(*header, max_pixels, ImageFormat::kJpeg);
  cv::Mat pixels(static_cast<int>(header->height), static_cast<int>(header->width),
                 decoder.is_cmyk() ? CV_8UC4 : CV_8UC3);
  decoder.check(decoder.read_pixels(pixels.data, pixels.step));
  return decoder.is_cmyk() ? cmyk_to_bgr(pixels) : pixels;
}

}  // namespace lithe
