#include "cli/tune.h"

#include <sstream>

#include "pipelines/core/threads.h"
#include "pipelines/kernel_cache/kernel_cache.h"

namespace lithe::cli {
namespace {

ExitCode tune(const TuneOptions& o, const ProgressOptions& p) {
  at_least(1, "--batch", o.batch);
  at_least(0, "--input-size", o.input_size);
  set_threads(1);
  use_tuned_kernels(o);
  if (o.shipped != !o.what) {
    throw Error(ErrorKind::kUsage,
                "expected a network, a model file, ls, verify, export, import or clean; or --shipped");
  }
  const std::string what = o.what.value_or("");
  if (o.shipped && o.device != "cpu") {
    throw Error(ErrorKind::kUsage, "--shipped compiles for the processor of a build; leave out --device");
  }
  const bool looks_after = what == "ls" || what == "verify" || what == "export" || what == "import" || what == "clean";
  if (!o.emit_for.empty() && (looks_after || o.shipped || o.device != "cpu")) {
    throw Error(ErrorKind::kUsage, "--emit-for compiles the kernels of a network or model file, for a processor");
  }
  if (o.training &&
      (looks_after || o.shipped || !o.emit_for.empty() || o.device != "cpu" || o.weights_precision != "f32"))
    throw Error(ErrorKind::kUsage, "--training tunes a network or model file for this processor, with f32 weights");
  if (!o.output.empty() && o.emit_for.empty()) throw Error(ErrorKind::kUsage, "--output belongs to --emit-for");
  if (o.file && what != "export" && what != "import") throw Error(ErrorKind::kUsage, "too many arguments");
  if (what == "ls") return tune_ls(o);
  if (what == "verify") return tune_verify(o);
  ProgressDisplay progress(p);
  if (what == "export") return tune_export(o, progress);
  if (what == "import") return tune_import(o, progress);
  if (what == "clean") return tune_clean(o, progress);
  if (!o.emit_for.empty()) return tune_emit(o, progress);
  return o.shipped ? tune_shipped(o, progress) : tune_model(o, progress);
}

}  // namespace

std::string tune_folder(const TuneOptions& o) {
  const std::string folder = o.cache.empty() ? user_kernel_folder() : o.cache;
  if (!folder.empty()) return folder;
  throw Error(ErrorKind::kUsage, "there is no folder for kernels: LITHE_KERNEL_CACHE is none, or HOME is not set");
}

std::vector<CacheFolder> tuned_folders(const TuneOptions& o) {
  if (o.cache.empty()) return kernel_folders();
  std::vector<CacheFolder> folders;
  folders.emplace_back(o.cache, CacheFolder::Kind::kUser);
  return folders;
}

void use_tuned_kernels(const TuneOptions& o) { use_kernel_folders(tuned_folders(o)); }

std::string short_spec(const std::string& spec) {
  std::istringstream words(spec);
  std::string kernel, first, last;
  words >> kernel;
  for (std::string word; words >> word;) {
    if (word.find(':') == std::string::npos) continue;
    std::istringstream dims(word.substr(word.find('=') + 1));
    std::string extents;
    for (std::string dim; std::getline(dims, dim, ',');) {
      const std::string extent = dim.substr(0, dim.find(':'));
      if (extents.empty() || extent != "1") extents += (extents.empty() ? "" : "x") + extent;
    }
    if (first.empty()) first = extents;
    last = extents;
  }
  return kernel + " " + first + " -> " + last;
}

extern const Command kTune = command_of<TuneOptions, ProgressOptions>(
    "tune", "compile and search the fastest kernels for a model on this machine, and look after them",
    {{"lithe tune micronet_m1 --input-size 160", "a minute of search; the same command again continues it"},
     {"lithe tune model.onnx --budget 10m", "a model file, with more patience"},
     {"lithe tune resnet18 --budget 0", "the usual kernels for its shapes, without a search"},
     {"lithe tune resnet18 --device cuda --batch 32", "on a graphics card, for batches of 32 images"},
     {"lithe tune resnet8 --training --batch 64 --budget 0", "the kernels of its training steps"},
     {"lithe tune ls", "what was found so far, and what it gains"},
     {"lithe tune verify", "check every file; exit code 7 if one is damaged or does not fit"},
     {"lithe tune export tiles.jsonl", "parameters without code; elsewhere: lithe tune import tiles.jsonl"},
     {"lithe tune micronet_m0 --emit-for aarch64", "for another machine; there: lithe tune import kernels-aarch64"},
     {"lithe tune clean", "remove what no longer serves"}},
    tune);

}  // namespace lithe::cli
