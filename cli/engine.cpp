#include "cli/engine.h"

#include "pipelines/core/file.h"
#include "pipelines/graph/session.h"
#include "pipelines/vision/module.h"

namespace lithe::cli {
namespace {

bool is_onnx_file(const std::string& name) {
  const std::string suffix = ".onnx";
  return name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

Shape image_shape(const Graph& graph, int64_t input_size) {
  Shape shape = input_shapes(graph, 1).at(0);
  if (input_size != 0) shape.at(2) = shape.at(3) = input_size;
  return shape;
}

Engine halide_engine(const ModelRequest& request, int64_t input_size) {
  const Model model = load_model(request);
  const auto session = std::make_shared<Session>(model.graph, model.parameters);
  return {[session](const Tensor& images) { session->run({images}); }, image_shape(model.graph, input_size)};
}

Engine opencv_engine(const ModelRequest& request, int64_t input_size) {
  if (!is_onnx_file(request.model)) {
    throw Error(ErrorKind::kUsage, "--engine opencv: expected an ONNX file in --model, got \"" + request.model + "\"");
  }
  const std::string onnx = read_file(request.model);
  Shape image{1, 3, input_size, input_size};
  if (input_size == 0) image = image_shape(load_model(request).graph, 0);
  const std::shared_ptr<Classifier> network = vision().opencv_engine(onnx, request.model);
  return {[network](const Tensor& images) { network->scores(images); }, image};
}

}  // namespace

Engine make_engine(const std::string& name, const ModelRequest& request, int64_t input_size) {
  return name == "halide" ? halide_engine(request, input_size) : opencv_engine(request, input_size);
}

}  // namespace lithe::cli
