#pragma once

#include <memory>
#include <string>

#include "pipelines/core/tensor.h"
#include "pipelines/graph/session.h"

namespace lithe {

struct Model;

/// What the job needs of an engine.
class Classifier {
 public:
  virtual ~Classifier() = default;
  /// Images N C H W (row-major or channels-last) to one row of scores per image: N x classes, row-major.
  virtual Tensor scores(const Tensor& images) = 0;
  /// Whether the scores are probabilities already: the network ends with a softmax.
  virtual bool probabilities() const = 0;
  /// Whether row-major images of this shape are read without a copy; else channels-last ones are.
  virtual bool reads_row_major(const Shape& /*image*/) const { return false; }
  /// What decides the bits of the scores for images of this shape.
  virtual std::string plan_hash(const Shape& image) const = 0;
};

/// Lithe's own engine.
std::unique_ptr<Classifier> session_classifier(const Model& model, const SessionOptions& options = {});
/// cv::dnn on the bytes of an ONNX file; `name` is for messages. Throws Error with OpenCV's reason if it cannot be
/// read.
std::unique_ptr<Classifier> opencv_classifier(const std::string& onnx, const std::string& name);

/// The same, but never given more than one image: many ONNX files are fixed to a batch of one, and cv::dnn gains
/// nothing from larger ones.
std::unique_ptr<Classifier> one_by_one(std::unique_ptr<Classifier> classifier);

}  // namespace lithe
