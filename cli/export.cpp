#include <iostream>

#include "cli/command.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/onnx_export.h"
#include "pipelines/model/model.h"

namespace lithe::cli {
namespace {

struct ExportOptions {
  ModelRequest request;
  OnnxExportOptions onnx;
  std::string output;
  template <class Field>
  void visit(Field&& f) {
    f.positional("model", request.model, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("weights", request.weights, "weights file; without one a network gets seeded weights", "FILE");
    f("set", request.options, "option of the network");
    f("seed", request.seed, "of the seeded weights");
    f("batch", onnx.batch, "images per pass that the file declares; 0: left open");
    f.required("output", output, "ONNX file to write", "FILE");
  }
};

void export_model(const ExportOptions& o) {
  at_least(0, "--batch", o.onnx.batch);
  const Model model = load_model(o.request);
  write_file(o.output, export_onnx(model.graph, model.parameters, o.onnx));
}

}  // namespace

extern const Command kExport = command<ExportOptions>(
    "export", "write a network with its weights as an ONNX file of standard operators", export_model,
    {{"lithe export micronet_m0 --weights m0.safetensors --output m0.onnx", "for onnxruntime, OpenCV, ncnn"},
     {"lithe export m0.safetensors --output m0.onnx", "from a Lithe file, which names its network"}});

}  // namespace lithe::cli
