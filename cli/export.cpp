#include <filesystem>

#include "cli/command.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/onnx_export.h"
#include "pipelines/graph/weights_precision.h"
#include "pipelines/model/model.h"

namespace lithe::cli {
namespace {

struct ExportOptions {
  ModelRequest request;
  OnnxExportOptions onnx;
  std::string output, weights_precision = "f32";
  template <class Field>
  void visit(Field&& f) {
    f.positional("model", request.model, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("domain", request.domain, "domain of that model, learnt by `lithe adapt covnorm`: its name, or its file", "TEXT");
    f("weights", request.weights, "weights file; without one a network gets seeded weights", "FILE");
    f("set", request.options, "option of the network");
    f("seed", request.seed, "of the seeded weights");
    f("batch", onnx.batch, "images per pass that the file declares; 0: left open");
    f("weights-precision", weights_precision, "of matrices and kernels in a Lithe file: f16 halves its size",
      kWeightsPrecisionChoices);
    f.required("output", output, "file to write: .onnx, or .safetensors for a Lithe file", "FILE");
  }
};

void export_model(const ExportOptions& o) {
  at_least(0, "--batch", o.onnx.batch);
  const DType weights = weights_precision(o.weights_precision);
  const Model model = load_model(o.request);
  if (std::filesystem::path(o.output).extension() == ".safetensors") return save_model(model, o.output, weights);
  if (weights != DType::kF32) {
    throw Error(ErrorKind::kUsage, "--weights-precision: an ONNX file has float32 weights; write a .safetensors file");
  }
  write_file(o.output, export_onnx(model.graph, model.parameters, o.onnx));
}

}  // namespace

extern const Command kExport = command<ExportOptions>(
    "export", "write a network with its weights as an ONNX file of standard operators, or as a Lithe file",
    export_model,
    {{"lithe export micronet_m0 --weights m0.safetensors --output m0.onnx", "for onnxruntime, OpenCV, ncnn"},
     {"lithe export m0.safetensors --output m0.onnx", "from a Lithe file, which names its network"},
     {"lithe export run/best.safetensors --weights-precision f16 --output small.safetensors", "half the bytes"}});

}  // namespace lithe::cli
