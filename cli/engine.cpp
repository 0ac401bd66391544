#include "cli/engine.h"

#include "pipelines/core/file.h"
#include "pipelines/formats/onnx_export.h"
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

Engine halide_engine(const ModelRequest& request, int64_t input_size, const SessionOptions& options) {
  const Model model = load_model(request);
  const auto session = std::make_shared<Session>(model.graph, model.parameters, options);
  return {[session](const Tensor& images) { session->run({images}); }, image_shape(model.graph, input_size), session};
}

struct OnnxFile {
  std::string bytes;
  Shape image;
};

OnnxFile onnx_file(const ModelRequest& request, int64_t batch, int64_t input_size) {
  // Not load_model: this engine is for the files with operators that Lithe lacks, too.
  if (is_onnx_file(request.model) && input_size != 0) return {read_file(request.model), {1, 3, input_size, input_size}};
  const Model model = load_model(request);
  const Shape image = image_shape(model.graph, 0);
  if (is_onnx_file(request.model)) return {read_file(request.model), image};
  if (input_size != 0) {
    throw Error(ErrorKind::kUsage,
                "--input-size: an exported network has one size; use --set input_size=" + std::to_string(input_size));
  }
  OnnxExportOptions options = for_opencv();
  options.batch = batch;
  return {export_onnx(model.graph, model.parameters, options), image};
}

Engine opencv_engine(const ModelRequest& request, int64_t batch, int64_t input_size) {
  const OnnxFile file = onnx_file(request, batch, input_size);
  const std::shared_ptr<Classifier> network = vision().opencv_engine(file.bytes, request.model);
  return {[network](const Tensor& images) { network->scores(images); }, file.image};
}

}  // namespace

Engine make_engine(const std::string& name, const ModelRequest& request, int64_t batch, int64_t input_size,
                   const SessionOptions& options) {
  if (name == "halide") return halide_engine(request, input_size, options);
  const auto own = [](const char* option) {
    return Error(ErrorKind::kUsage, std::string(option) + ": is for Lithe's own engine; leave out --engine");
  };
  if (options.device != Device::kCpu) throw own("--device");
  if (options.weights != DType::kF32) throw own("--weights-precision");
  return opencv_engine(request, batch, input_size);
}

}  // namespace lithe::cli
