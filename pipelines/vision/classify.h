#pragma once
// The main job: the top classes of every image of a list, written to a journal that survives any interruption.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipelines/core/progress.h"
#include "pipelines/graph/device.h"
#include "pipelines/graph/weights_precision.h"

namespace lithe {

/// What to read, in the order of the records.
struct ImageList {
  std::string root;                           // absolute; records name files relative to it
  std::vector<std::string> names;             // relative to `root` with '/', no name twice
  std::vector<std::string> passed_over = {};  // files of folders that are no images; absolute
};

struct ClassifyOptions {
  std::vector<std::string> paths;
  std::string model, domain, weights, labels, output;
  std::map<std::string, std::string> set;
  uint64_t seed = 1;
  std::string engine = "halide", device = "cpu", weights_precision = "f32", preprocess = "cpu";
  int threads = 0, batch = 32, top = 5;
  std::string preset, resize, interpolation, crop, channels, mean, std;
  int64_t resize_to = 0;
  int64_t max_pixels = 100'000'000;
  int64_t limit = 0;
  std::string shard, format = "jsonl";
  bool fresh = false, dry_run = false;

  template <class Field>
  void visit(Field&& f) {
    f.positional("paths", paths, "images, folders (with all below them) or lists (.txt, .lst); - reads names",
                 "FILE|DIR");
    f.required("model", model, "network (see `lithe list networks`) or model file", "NETWORK|FILE");
    f("domain", domain, "domain of that model, learnt by `lithe adapt covnorm`: its name, or its file", "TEXT");
    f("weights", weights, "weights file", "FILE");
    f("set", set, "option of the network");
    f("seed", seed, "seed of the weights of a network without a weights file");
    f("labels", labels, "names of the classes, one a line", "FILE");
    f.required("output", output, "folder of the results", "DIR");
    f("engine", engine, "what computes: Lithe's kernels or OpenCV", "halide|opencv");
    f("device", device, kDeviceHelp, kDeviceChoices);
    f("weights-precision", weights_precision, kWeightsPrecisionHelp, kWeightsPrecisionChoices);
    f("preprocess", preprocess, "where images are resized and normalised; cuda: of --device cuda", "cpu|cuda");
    f("threads", threads, "threads in all; 0: one per core");
    f("batch", batch, "images per forward pass");
    f("top", top, "classes per image");
    f("preset", preset, "preprocessing instead of the model's (imagenet, inception, caffe, unit)", "TEXT");
    f("resize", resize, "how an image reaches the size to crop from", "shorter_side|stretch|none");
    f("resize-to", resize_to, "pixels of the shorter side; 0: as the model says");
    f("interpolation", interpolation, "area: antialiased", "area|bilinear");
    f("crop", crop, "centre crop: 224, or 192x224 (height x width)", "TEXT");
    f("channels", channels, "channel order", "rgb|bgr|gray");
    f("mean", mean, "subtracted, on the scale 0..255: one number or one per channel (127.5,127.5,127.5)", "TEXT");
    f("std", std, "divided by, like --mean", "TEXT");
    f("max-pixels", max_pixels, "larger images are an error, told from their header alone");
    f("limit", limit, "only the first N inputs; 0: all", "N");
    f("shard", shard, "part i of n of the inputs, as i/n from 1/n on; `lithe merge` joins the parts", "I/N");
    f("format", format, "csv: also results.csv, written at the end", "jsonl|jsonl,csv");
    f("fresh", fresh, "forget the results in the output folder");
    f("dry-run", dry_run, "print the configuration and the number of inputs, write nothing");
  }
};

struct Summary {
  int64_t inputs = 0;    // to be recorded in all
  int64_t recorded = 0;  // records there are now, those of earlier runs included
  int64_t failures = 0;  // of those: errors
  int64_t images = 0;    // inputs that this run took, failures included
  bool interrupted = false;
  double seconds = 0;  // this run, from the first image to the last record
  // Where the time of this run went: seconds of work, so with several threads their sum may exceed `seconds`.
  double decode = 0, preprocess = 0, infer = 0, write = 0;
  std::string configuration;  // run.json, as written or (--dry-run) as it would be

  double images_per_second() const { return seconds > 0 ? static_cast<double>(images) / seconds : 0; }
};

/// Records every image of `images` in `options.output` (results.jsonl, run.json), continuing what is there. Throws
/// Error: kUsage for options that do not fit or an output folder with another configuration, kOutput if a record could
/// not be written (the same call continues later), kInput for a model that cannot be used. One broken image is a
/// record.
Summary classify(const ClassifyOptions& options, const ImageList& images, Progress& progress);

}  // namespace lithe
