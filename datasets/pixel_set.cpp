#include "datasets/pixel_set.h"

#include <algorithm>

namespace lithe {
namespace {

class PixelSet final : public Dataset {
 public:
  PixelSet(DatasetInfo information, std::vector<uint8_t> pixels)
      : Dataset(std::move(information)), pixels_(std::move(pixels)), stride_(elements(info().image)) {
    if (static_cast<int64_t>(pixels_.size()) == size() * stride_) return;
    throw Error(info().path + " (" + info().split + "): " + std::to_string(size()) + " labels of images of " +
                std::to_string(stride_) + " bytes need " + std::to_string(size() * stride_) + " bytes, found " +
                std::to_string(pixels_.size()));
  }
  std::string where(int64_t i) const override {
    return info().path + " (" + info().split + ")[" + std::to_string(i) + "]";
  }
  Image image(int64_t i) const override {
    const Shape& shape = info().image;
    return {shape[1], shape[2], shape[0], pixels_.data() + i * stride_};
  }

 private:
  std::vector<uint8_t> pixels_;
  int64_t stride_;
};

}  // namespace

DatasetPtr pixel_set(DatasetInfo info, std::vector<uint8_t> pixels) {
  return std::make_shared<PixelSet>(std::move(info), std::move(pixels));
}

void interleave(const Shape& image, std::vector<uint8_t>* pixels) {
  const auto channels = static_cast<size_t>(image[0]), plane = static_cast<size_t>(image[1] * image[2]);
  std::vector<uint8_t> planes(channels * plane);
  for (size_t first = 0; first < pixels->size(); first += planes.size()) {
    uint8_t* to = pixels->data() + first;
    std::copy_n(to, planes.size(), planes.data());
    for (size_t p = 0; p < plane; ++p) {
      for (size_t c = 0; c < channels; ++c) *to++ = planes[c * plane + p];
    }
  }
}

}  // namespace lithe
