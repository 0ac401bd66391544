#pragma once
// Training a classifier.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "datasets/augment.h"
#include "pipelines/core/progress.h"
#include "trainers/learning_rate.h"
#include "trainers/optimizer.h"

namespace lithe {

struct ClassificationOptions {
  std::string data, split, validation_split, model, init, output;
  std::map<std::string, std::string> set;
  std::vector<std::string> freeze;
  std::string teacher;
  double teacher_share = 0.5, temperature = 4;
  double hold_out = 0.1, clip = 0, ema = 0;
  int64_t epochs = 30, batch = 128;
  uint64_t seed = 1;
  int threads = 0;
  bool fresh = false, keep_statistics = false;
  Augmentation augmentation;
  OptimizerOptions optimizer;
  LearningRateOptions learning_rate;

  template <class Field>
  void visit(Field&& f) {
    f.required("data", data, "data set, or FORM:PATH (docs/data.md)", "FILE|DIR");
    f("split", split, "what to train on; else train, where the set has it", "TEXT");
    f("validation-split", validation_split, "what to choose the best epoch on; else images held out of the others",
      "TEXT");
    f("hold-out", hold_out, "share of every class that is held out for that");
    f.required("model", model, "network of `lithe list networks`", "NETWORK");
    f("set", set, "option of the network; classes follow from the data");
    f("init", init, "weights to start from; those of layers with another shape start anew", "FILE");
    f("freeze", freeze, "parameters that stay as they are, like features.*", "PATTERN");
    f("keep-statistics", keep_statistics,
      "use the running statistics of BatchNorm and leave them as they are; no dropout");
    f.required("output", output, "folder of the run; the same command again continues there", "DIR");
    f("epochs", epochs, "passes over the data");
    f("batch", batch, "images per step");
    f("seed", seed, "of the first weights, the order of images and their changes");
    f("clip", clip, "longest gradient: a longer one is shortened to X; 0: any");
    f("ema", ema, "decay of a moving average of the weights, which is what is kept; 0: the weights themselves");
    f("teacher", teacher, "model file with the same classes and preprocessing, to be imitated", "FILE");
    f("teacher-share", teacher_share, "of the loss: how much imitating counts beside the labels");
    f("temperature", temperature, "what both logits are divided by where they are compared");
    f("threads", threads, "threads in all; 0: one per core");
    f("fresh", fresh, "forget the run in the output folder");
    augmentation.visit(f);
    optimizer.visit(f);
    learning_rate.visit(f);
  }
};

/// One line of metrics.csv. Accuracies are shares in [0, 1].
struct EpochMetrics {
  int64_t epoch = 0;                             // from 1 on
  double lr = 0;                                 // of its last step
  double loss = 0, top1 = 0, gradient_norm = 0;  // means over its training batches
  double validation_loss = 0, validation_top1 = 0, validation_top5 = 0, calibration_error = 0;
  // Of its training steps: time on the wall and of all processors, and the share without a batch.
  double seconds = 0, cpu_seconds = 0, images_per_second = 0, waited = 0;
};

struct TrainingSummary {
  std::vector<EpochMetrics> epochs;  // of all runs in this folder
  int64_t best = 0;                  // epoch with the highest validation top-1, the first of equal ones; 0: none yet
  int64_t peak_bytes = 0;            // of activations and gradients, in this run
  bool interrupted = false;
};

/// Trains a network and writes to `options.output`: run.json, and after every epoch metrics.csv, an event file for
/// TensorBoard, report.html, checkpoints/, and the model files best.safetensors and last.safetensors. Continues the run
/// that is there: the result has the bits of an uninterrupted run. Throws Error: kUsage for options that do not fit, or
/// a folder with another configuration; kDiverged naming the batch when loss or gradient are no longer finite, with the
/// last good checkpoint kept; kOutput if something cannot be written.
TrainingSummary train_classifier(const ClassificationOptions& options, Progress& progress);

struct ClassificationSetup;
/// The same for a network and data that were set up elsewhere.
TrainingSummary train_classifier(const ClassificationOptions& options, const ClassificationSetup& setup,
                                 Progress& progress);

}  // namespace lithe
