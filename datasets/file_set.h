#pragma once
// A data set of image files, decoded when they are needed.

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace lithe {

/// `files`: one per label. A file that cannot be read is an error when its image is asked for.
DatasetPtr file_set(DatasetInfo info, std::vector<std::string> files);

/// An image that owns its pixels, from 8-bit B G R, as R G B or, if `channels` is 1, as its first channel.
Image image_of(const cv::Mat& bgr, int64_t channels);

}  // namespace lithe
