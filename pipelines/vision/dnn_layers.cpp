#include "pipelines/vision/dnn_layers.h"

#include <mutex>
#include <opencv2/dnn.hpp>
#include <opencv2/dnn/layer.hpp>

#include "pipelines/graph/session.h"

namespace lithe {
namespace {

const std::string kPrefix = "lithe.";

Shape shape_of(const cv::dnn::MatShape& shape) { return {shape.begin(), shape.end()}; }

Tensor tensor_of(const cv::Mat& mat) {
  CV_Assert(mat.type() == CV_32F && mat.isContinuous());
  const Shape shape(mat.size.p, mat.size.p + mat.dims);
  return Tensor::view(mat.data, shape, row_major_strides(shape), DType::kF32, nullptr);
}

Attribute attribute_of(const cv::dnn::DictValue& value, const Attribute& like) {
  if (std::holds_alternative<int64_t>(like)) return value.get<int64_t>();
  if (std::holds_alternative<double>(like)) return value.get<double>();
  if (std::holds_alternative<std::string>(like)) return std::string(value.get<cv::String>());
  std::vector<int64_t> integers;
  std::vector<double> numbers;
  for (int i = 0; i < value.size(); ++i) {
    if (std::holds_alternative<std::vector<int64_t>>(like)) integers.push_back(value.get<int64_t>(i));
    if (std::holds_alternative<std::vector<double>>(like)) numbers.push_back(value.get<double>(i));
  }
  if (std::holds_alternative<std::vector<int64_t>>(like)) return integers;
  return numbers;
}

// A number of rows or columns that OpenCV appends to what has one dimension less.
Tensor with_rank_of(const Tensor& given, const Port& port) {
  const auto rank = static_cast<size_t>(1 + std::count(port.dims.begin(), port.dims.end(), ' '));
  Shape shape = given.shape();
  while (shape.size() > rank && shape.back() == 1) shape.pop_back();
  return given.reshaped(shape);
}

// Inputs that are parameters come as blobs of the layer; in all our contracts they follow the activations.
class OperatorLayer final : public cv::dnn::Layer {
 public:
  explicit OperatorLayer(const cv::dnn::LayerParams& params) : cv::dnn::Layer(params) {
    node_.op = &find_op(params.type.substr(kPrefix.size()));
    node_.name = params.name;
    Attributes given;
    for (const auto& [attribute, like] : node_.op->attributes()) {
      if (params.has(attribute)) given[attribute] = attribute_of(params.get(attribute), like);
    }
    node_.attributes = node_.op->complete(given, params.name);
  }

  static cv::Ptr<cv::dnn::Layer> create(cv::dnn::LayerParams& params) { return cv::makePtr<OperatorLayer>(params); }

  bool getMemoryShapes(const std::vector<cv::dnn::MatShape>& inputs, const int, std::vector<cv::dnn::MatShape>& outputs,
                       std::vector<cv::dnn::MatShape>&) const override {
    std::vector<Shape> shapes;
    for (const cv::dnn::MatShape& input : inputs) shapes.push_back(shape_of(input));
    for (const Tensor& parameter : parameters(inputs.size())) shapes.push_back(parameter.shape());
    std::vector<const Shape*> pointers;
    for (const Shape& shape : shapes) pointers.push_back(&shape);
    const Dims dims = node_.op->bind(node_.attributes, pointers, node_.name);
    for (const Shape& shape : node_.op->output_shapes(dims, pointers)) outputs.emplace_back(shape.begin(), shape.end());
    return false;
  }

  void forward(cv::InputArrayOfArrays inputs, cv::OutputArrayOfArrays outputs, cv::OutputArrayOfArrays) override {
    std::vector<cv::Mat> from, to;
    inputs.getMatVector(from);
    outputs.getMatVector(to);
    std::vector<Tensor> values;
    for (const cv::Mat& mat : from) values.push_back(tensor_of(mat));
    for (const Tensor& parameter : parameters(from.size())) values.push_back(parameter);
    const std::vector<Tensor> results = run_node(node_, values);
    for (size_t i = 0; i < results.size(); ++i) copy(results[i], tensor_of(to.at(i)));
  }

 private:
  std::vector<Tensor> parameters(size_t activations) const {
    std::vector<Tensor> result;
    for (const cv::Mat& blob : blobs) {
      result.push_back(with_rank_of(tensor_of(blob), node_.op->port_of(activations + result.size())));
    }
    return result;
  }

  Node node_;
};

}  // namespace

void register_dnn_layers() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (const std::string& name : op_names()) {
      cv::dnn::LayerFactory::registerLayer(kPrefix + name, OperatorLayer::create);
    }
  });
}

}  // namespace lithe
