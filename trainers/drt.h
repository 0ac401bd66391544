#pragma once
// Adapting a classifier with labelled images of several domains to one without labels (Li et al., CVPR 2021).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "datasets/augment.h"
#include "pipelines/core/progress.h"
#include "trainers/evaluation.h"
#include "trainers/learning_rate.h"
#include "trainers/optimizer.h"

namespace lithe {

struct DrtOptions {
  std::map<std::string, std::string> source, target, set;
  std::string model, method = "drt", select = "infomax", init, output;
  bool unlabelled_target = false, oracle = false, fresh = false;
  int64_t limit = 0, epochs = 15, steps = 0, batch = 64;
  double hold_out = 0.1;
  double trunk_lr = 0.1;                                            // relative to that of the heads
  double discrepancy = 50, reversal = 4, balance = 0.01, ramp = 0;  // eta, lambda, gamma of the paper
  int64_t mcd_steps = 4;                                            // steps of the trunk per batch
  double st_confidence = 0.9, st_lr = 0.3;
  int64_t st_epochs = 5;
  uint64_t seed = 1;
  int threads = 0;
  Augmentation augmentation;
  OptimizerOptions optimizer;
  LearningRateOptions learning_rate;

  DrtOptions() {  // the paper's recipe for DomainNet
    learning_rate.lr = 0.01, learning_rate.schedule = "step", learning_rate.milestones = "5,10";
    optimizer.weight_decay = 5e-4;
    augmentation.label_smoothing = 0.01;
  }

  template <class Field>
  void visit(Field&& f) {
    f.required("source", source, "a domain with labels; docs/data.md says what PATH may be", "NAME=PATH");
    f.required("target", target, "the domain to adapt to, whose labels are not used", "NAME=PATH");
    f.required("model", model, "network with two heads: drt_digits, drt_resnet18, 50 or 101", "NETWORK");
    f.required("output", output, "folder of the run; the same command again continues there", "DIR");
    f("method", method, "how to adapt; drt+st trains once more on its own labels of the target",
      "source-only|dann|mcd|drt|drt+st");
    f("select", select, "what chooses the epoch that is kept, without the target's labels",
      "entropy|infomax|snd|source|last");
    f("oracle", oracle, "report beside it, as ORACLE, what the target's labels would choose; nothing else changes");
    f("set", set, "option of the network; kernels=0 is its static twin");
    f("init", init, "weights to start from; those of layers with another shape start anew", "FILE");
    f("unlabelled-target", unlabelled_target, "the target's folders are no classes: reports no accuracy");
    f("limit", limit, "at most N training images of each domain, by chance; 0: all");
    f("hold-out", hold_out, "share of every class of the sources that is held out, to measure on");
    f("epochs", epochs, "of training; all sources once, or --steps");
    f("steps", steps, "of an epoch; 0: as many as batches of the sources");
    f("batch", batch, "source images per step, and as many of the target");
    f("trunk-lr", trunk_lr, "learning rate of the trunk, relative to that of the heads");
    f("discrepancy", discrepancy, "weight of the heads' discrepancy on the target (eta), for method drt");
    f("reversal", reversal, "what the discrepancy's reversed gradient is multiplied by (lambda), for drt");
    f("balance", balance, "weight of the class balance term (gamma), for drt");
    f("ramp", ramp, "share of the epochs in which the discrepancy's weight rises from 0; none in the paper");
    f("mcd-steps", mcd_steps, "steps of the trunk towards agreement per batch, for mcd");
    f("st-epochs", st_epochs, "epochs on the labels that the model gave the target, for drt+st");
    f("st-confidence", st_confidence,
      "self-training takes labels from this confidence on, or from the median of their class if lower");
    f("st-lr", st_lr, "learning rate of self-training, relative to that of the first training");
    f("seed", seed, "of the first weights, the order of images and their changes");
    f("threads", threads, "threads in all; 0: one per core");
    f("fresh", fresh, "forget the run in the output folder");
    augmentation.visit(f);
    optimizer.visit(f);
    learning_rate.visit(f);
  }
};

/// One line of metrics.csv: an epoch of one stage. Shares are in [0, 1].
struct DrtEpoch {
  std::string stage;                                            // "adapt", "self-train"
  int64_t epoch = 0;                                            // from 1 on, of its stage
  double lr = 0, loss = 0, source_loss = 0, transfer_loss = 0;  // means over its steps
  double source_top1 = 0;                                       // on images held out of the sources
  double entropy = 0, infomax = 0, snd = 0;                     // scores on the target, higher is better
  double discrepancy = 0;   // between the features of sources and target (docs/adaptation.md)
  double disagreement = 0;  // share of target images to which the heads give different classes
  double classes = 0;       // effective number of classes predicted on the target
  double oracle_top1 = -1;  // with --oracle: accuracy by the target's labels; otherwise -1
  double seconds = 0;
  int64_t peak_bytes = 0;  // of activations and gradients
};

/// A model that an epoch left behind.
struct DrtChoice {
  DrtEpoch epoch;
  std::optional<Estimate> top1;  // on the target's test images, if they have labels
};

struct DrtStageSummary {
  std::string stage;
  int64_t epochs = 0;
  double seconds = 0;
  int64_t peak_bytes = 0;
  DrtChoice kept;                   // chosen by --select
  std::optional<DrtChoice> oracle;  // with --oracle: ORACLE, chosen by the target's labels
};

struct DrtSummary {
  std::vector<DrtEpoch> epochs;
  std::vector<DrtStageSummary> stages;  // of a finished run; what the last one kept is the result
  std::string target_split;             // what `top1` is of; empty without labels
  int64_t target_images = 0;
  std::vector<double> class_shares;  // of the result's predictions on the target
  bool collapsed = false;            // it predicts fewer than half of the classes
  bool interrupted = false;
};

/// Adapts and writes to `options.output`: run.json, metrics.csv after every epoch, best.safetensors, checkpoints/,
/// pseudo_labels.csv of drt+st, and at the end summary.json, report.html and embedding.svg. Continues the run that is
/// there, with the bits of an uninterrupted one. Throws Error: kUsage for options or domains that do not fit, or a
/// folder with another configuration; kDiverged naming the step, with the last good checkpoint kept; kOutput if
/// something cannot be written.
DrtSummary adapt_drt(const DrtOptions& options, Progress& progress);

}  // namespace lithe
