#pragma once
// The door to everything that uses OpenCV. The program does not link it (143 libraries, 0.1 s to start): the module is
// loaded on first use.

#include <memory>
#include <string>

#include "pipelines/core/shared_library.h"
#include "pipelines/vision/classifier.h"
#include "pipelines/vision/classify.h"
#include "pipelines/vision/decode_bound.h"

namespace lithe {

struct VisionModule {
  Summary (*classify)(const ClassifyOptions& options, const ImageList& images, Progress& progress);
  /// What the folder job could reach at most (decode_bound.h).
  DecodeBound (*decode_bound)(const ImageList& images, const Preprocessing& preprocessing, double min_seconds);
  /// By the contents of a file (decode.h).
  bool (*may_be_image)(const std::string& path);
  /// cv::dnn on the bytes of an ONNX file (classifier.h).
  std::unique_ptr<Classifier> (*opencv_engine)(const std::string& onnx, const std::string& name);
  /// OpenCV's version and build, its codecs included.
  std::string (*build_information)();
};

/// What liblithe_vision.so offers.
extern "C" const VisionModule* lithe_vision_module();

/// Loads the module on the first call. Throws Error if it is not installed.
inline const VisionModule& vision() {
  using Entry = const VisionModule* (*)();
  static const Entry entry = reinterpret_cast<Entry>(symbol("liblithe_vision.so", "lithe_vision_module"));
  return *entry();
}

}  // namespace lithe
