#include <opencv2/dnn.hpp>

#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/vision/classifier.h"
#include "pipelines/vision/dnn_layers.h"
#include "pipelines/vision/quiet.h"

namespace lithe {
namespace {

// Whether a network ends with a softmax, but for layers that only give it another name or shape.
bool ends_with_softmax(cv::dnn::Net& net) {
  int id = net.getUnconnectedOutLayers().front();
  for (;;) {
    const std::string type = net.getLayer(id)->type;
    if (type == "Softmax" || type == "SoftMax") return true;
    if (type != "Identity" && type != "Flatten" && type != "Reshape") return false;
    const std::vector<cv::Ptr<cv::dnn::Layer>> inputs = net.getLayerInputs(id);
    if (inputs.empty()) return false;
    id = net.getLayerId(inputs.front()->name);
  }
}

class OpenCvClassifier final : public Classifier {
 public:
  OpenCvClassifier(const std::string& onnx, const std::string& name)
      : name_(name), plan_("opencv " CV_VERSION " " + sha256(onnx).substr(0, 16)) {
    cv::setNumThreads(threads());
    const Quiet quiet;
    try {
      net_ = cv::dnn::readNetFromONNX(onnx.data(), onnx.size());
      probabilities_ = ends_with_softmax(net_);
    } catch (const cv::Exception& e) {
      throw Error(name + ": OpenCV cannot read it: " + e.err);
    }
  }

  // Many ONNX files are fixed to a batch of one, and cv::dnn gains nothing from more.
  Tensor scores(const Shape& images, const WriteImage& write) override { return one_by_one(*this, images, write); }
  Tensor scores(const Tensor& images) override {
    const Tensor rows = images.contiguous();  // cv::dnn knows only N C H W
    const std::vector<int> extents(rows.shape().begin(), rows.shape().end());
    const cv::Mat input(extents, CV_32F, rows.data());
    cv::Mat output;
    const Quiet quiet;
    try {
      net_.setInput(input);
      output = net_.forward();
    } catch (const cv::Exception& e) {
      throw Error(name_ + ": OpenCV cannot run it on " + to_string(rows.shape()) + ": " + e.err);
    }
    const auto count = static_cast<int64_t>(output.total()), images_in = rows.dim(0);
    if (count % images_in != 0 || output.type() != CV_32F) {
      throw Error(name_ + ": expected one row of numbers per image, found " + std::to_string(count) + " values for " +
                  std::to_string(images_in) + " images");
    }
    Tensor scores({images_in, count / images_in});
    std::copy_n(output.ptr<float>(), count, scores.data());
    return scores;
  }
  bool probabilities() const override { return probabilities_; }
  std::string plan_hash(const Shape&) const override { return plan_; }

 private:
  std::string name_, plan_;
  cv::dnn::Net net_;
  bool probabilities_ = false;
};

}  // namespace

std::unique_ptr<Classifier> opencv_classifier(const std::string& onnx, const std::string& name) {
  return std::make_unique<OpenCvClassifier>(onnx, name);
}

}  // namespace lithe
