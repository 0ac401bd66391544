#pragma once

#include <functional>
#include <memory>
#include <string>

#include "pipelines/core/tensor.h"
#include "pipelines/graph/device_memory.h"
#include "pipelines/graph/session.h"

namespace lithe {

struct Model;

/// Fills in an image, given its number. May be called by several threads at once.
using WriteImage = std::function<void(int64_t, const Tensor&)>;

/// What the job needs of an engine.
class Classifier {
 public:
  virtual ~Classifier() = default;
  /// Images N C H W (row-major or channels-last) to one row of scores per image: N x classes, row-major.
  virtual Tensor scores(const Tensor& images) = 0;
  /// The same for N C H W images that `write`(i, 1 C H W) supplies, each once. They need not all lie in memory at a
  /// time.
  virtual Tensor scores(const Shape& images, const WriteImage& write) = 0;
  /// The CUDA device in whose memory `write` finds its images, row-major; nullptr where they lie on this side.
  virtual DeviceMemory* images_on() const { return nullptr; }
  /// Whether the scores are probabilities already: the network ends with a softmax.
  virtual bool probabilities() const = 0;
  /// What decides the bits of the scores for images of this shape.
  virtual std::string plan_hash(const Shape& image) const = 0;
};

/// Scores of images that are written and computed one after the other.
Tensor one_by_one(Classifier& classifier, const Shape& images, const WriteImage& write);

/// Lithe's own engine. `images_on_device`: batches are written to the memory of its device.
std::unique_ptr<Classifier> session_classifier(const Model& model, const SessionOptions& options = {},
                                               bool images_on_device = false);
/// cv::dnn on the bytes of an ONNX file; `name` is for messages. Throws Error with OpenCV's reason if it cannot be
/// read.
std::unique_ptr<Classifier> opencv_classifier(const std::string& onnx, const std::string& name);

}  // namespace lithe
