#pragma once
// A data set whose pixels lie in memory as they are used: small images by the ten thousand.

#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace lithe {

/// Every image has the shape `info.image` (C H W), its pixels interleaved (H W C), one image after the other. Throws
/// Error if there are not as many pixels as the labels need.
DatasetPtr pixel_set(DatasetInfo info, std::vector<uint8_t> pixels);

/// From planes (C H W) to interleaved channels (H W C), in place, image by image.
void interleave(const Shape& image, std::vector<uint8_t>* pixels);

}  // namespace lithe
