#pragma once
// `lithe tune`: its options, and the work of its parts.

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/progress.h"
#include "pipelines/graph/device.h"
#include "pipelines/graph/weights_precision.h"
#include "pipelines/kernel_cache/cache_folder.h"
#include "pipelines/model/model.h"

namespace lithe::cli {

struct TuneOptions {
  ModelRequest request;
  std::optional<std::string> what, file;
  std::string cache, device = "cpu", weights_precision = "f32", budget = "60s", emit_for, output;
  int64_t input_size = 0, batch = 1;
  bool training = false, shipped = false, json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("what", what, "network or model file to tune; or ls, verify, export, import, clean: the cache",
                 "NETWORK|FILE|ls|verify|export|import|clean");
    f.positional("file", file, "of export and import; import takes what --emit-for wrote, too", "FILE|DIR");
    f("weights", request.weights, "weights file; speed does not depend on it, but folding may", "FILE");
    f("set", request.options, "option of the network");
    f("input-size", input_size, "square images of N pixels; 0: those of the network");
    f("batch", batch, "images per forward pass: of the model's latency, and of the kernels of a device or of training");
    f("training", training, "the kernels of a training step with --batch images, forward and back");
    f("device", device, kDeviceHelp, kDeviceChoices);
    f("weights-precision", weights_precision, kWeightsPrecisionHelp, kWeightsPrecisionChoices);
    f("budget", budget, "time for the search: 60s, 5m, 1h; 0 compiles the usual kernels only", "TIME");
    f("shipped", shipped, "the kernels of all networks at their own sizes, without a search; for builds");
    f("emit-for", emit_for, "compile the kernels for another machine, without measuring any",
      "aarch64|x86-64|x86-64-v3|x86-64-v4");
    f("output", output, "of --emit-for: folder of the kernels, by default kernels-ARCHITECTURE", "DIR");
    f("cache", cache, "folder to keep the kernels in, instead of the user's own", "DIR");
    f("json", json, "the table as JSON");
  }
};

/// The folder to write. Throws Error(kUsage) if the cache is switched off.
std::string tune_folder(const TuneOptions& o);
/// Those to read.
std::vector<CacheFolder> tuned_folders(const TuneOptions& o);
/// Directs the engine of this process to the kernels that are there now.
void use_tuned_kernels(const TuneOptions& o);

/// Of the images that the kernels are for: one, or a whole batch on a device and in training.
Shape tuned_shape(const TuneOptions& o, const Model& model);

ExitCode tune_model(const TuneOptions& o, Progress& progress);
ExitCode tune_shipped(const TuneOptions& o, Progress& progress);

/// The kernels of a model for the architecture o.emit_for, in a folder with records of their own.
ExitCode tune_emit(const TuneOptions& o, Progress& progress);
/// Takes over the kernels of such a folder. Throws Error if none fits.
ExitCode tune_import_bundle(const TuneOptions& o, Progress& progress);

ExitCode tune_ls(const TuneOptions& o);
ExitCode tune_verify(const TuneOptions& o);
ExitCode tune_export(const TuneOptions& o, Progress& progress);
ExitCode tune_import(const TuneOptions& o, Progress& progress);
ExitCode tune_clean(const TuneOptions& o, Progress& progress);

/// "pointwise 24x3136 -> 96x3136": the kernel with the extents of its first and last buffer, innermost first.
std::string short_spec(const std::string& spec);

}  // namespace lithe::cli
