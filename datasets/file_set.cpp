#include "datasets/file_set.h"

#include <opencv2/imgproc.hpp>

#include "pipelines/vision/decode.h"

namespace lithe {
namespace {

class FileSet final : public Dataset {
 public:
  FileSet(DatasetInfo information, std::vector<std::string> files)
      : Dataset(std::move(information)), files_(std::move(files)) {
    LITHE_CHECK(files_.size() == info().labels.size());
  }
  std::string where(int64_t i) const override { return files_[static_cast<size_t>(i)]; }
  Image image(int64_t i) const override try { return image_of(read_image(where(i)).bgr, 3); } catch (const Error& e) {
    throw Error(where(i) + ": " + e.what() + "; mend or remove it");
  }

 private:
  std::vector<std::string> files_;
};

}  // namespace

DatasetPtr file_set(DatasetInfo info, std::vector<std::string> files) {
  return std::make_shared<FileSet>(std::move(info), std::move(files));
}

Image image_of(const cv::Mat& bgr, int64_t channels) {
  auto pixels = std::make_shared<cv::Mat>();
  if (channels == 1) {
    cv::extractChannel(bgr, *pixels, 0);
  } else {
    cv::cvtColor(bgr, *pixels, cv::COLOR_BGR2RGB);
  }
  return {pixels->rows, pixels->cols, channels, pixels->data, pixels};
}

}  // namespace lithe
