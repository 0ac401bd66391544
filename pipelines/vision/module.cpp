#include "pipelines/vision/module.h"

#include <opencv2/core/utility.hpp>

#include "pipelines/vision/decode.h"

namespace lithe {
namespace {

std::string build_information() { return cv::getBuildInformation(); }

constexpr VisionModule kModule{classify, decode_bound, may_be_image, opencv_classifier, build_information};

}  // namespace

const VisionModule* lithe_vision_module() { return &kModule; }

}  // namespace lithe
