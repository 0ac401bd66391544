#pragma once
// Many domains on one backbone (Li and Vasconcelos, CVPR 2019): each gets adapters of low rank, in a small file.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "datasets/augment.h"
#include "pipelines/core/progress.h"
#include "trainers/learning_rate.h"
#include "trainers/optimizer.h"

namespace lithe {

struct CovNormOptions {
  std::map<std::string, std::string> add, set;
  std::string output, backbone, model, backbone_data, method = "covnorm", setting = "sequential";
  std::vector<std::string> where = {"*"};
  double tau = 0.995;
  std::string scaling = "paper", mini = "nearest";
  int64_t samples = 200'000, limit = 0;
  int64_t backbone_epochs = 15, epochs = 10, mini_epochs = 2, tune_epochs = 5, batch = 64;
  double backbone_lr = 0.4, tune_lr = 5e-4, hold_out = 0.1;
  uint64_t seed = 1;
  int threads = 0;
  bool fresh = false, dry_run = false;
  Augmentation augmentation;
  OptimizerOptions optimizer;
  LearningRateOptions learning_rate;

  CovNormOptions() {
    optimizer.optimizer = "adam", optimizer.beta2 = 0.99, optimizer.weight_decay = 5e-4;  // the authors'
    learning_rate.lr = 2e-3;
  }

  template <class Field>
  void visit(Field&& f) {
    f.required("output", output, "folder of backbone and domains; the same command again continues there", "DIR");
    f("add", add, "a domain to learn; docs/data.md says what PATH may be", "NAME=PATH");
    f("backbone", backbone, "model file to adapt, as `lithe train classify` writes; else the one in OUTPUT", "FILE");
    f("model", model, "network to train as backbone where there is none: see --backbone-data", "NETWORK");
    f("backbone-data", backbone_data, "what to train it on", "FILE|DIR");
    f("set", set, "option of that network");
    f("method", method, "what a domain gets of its own; all but covnorm are there to be compared with",
      "covnorm|svd|adapters|batch-norm|classifier|fine-tune");
    f("setting", setting, "joint: one whitening and recolouring for all domains that are added together",
      "sequential|joint");
    f("where", where, "convolutions that get an adapter; else all that can have one", "PATTERN");
    f("tau", tau, "of covnorm and svd: share of the variance below which principal components are kept");
    f("scaling", scaling, "whitening with the variances, as printed, or without, as in the released code",
      "paper|code");
    f("mini", mini, "how the mini-adaptation layer starts: nearest to the full adapter, or as released",
      "nearest|random");
    f("limit", limit, "about N training images of each domain, by chance, of every class its share; 0: all");
    f("samples", samples, "pixels that statistics of 512 channels take in; of fewer channels more");
    f("backbone-epochs", backbone_epochs, "of the backbone");
    f("backbone-lr", backbone_lr, "highest learning rate of the backbone (sgd, one cycle)");
    f("epochs", epochs, "of full adapters and of the methods without low rank");
    f("mini-epochs", mini_epochs, "of the mini-adaptation layers alone");
    f("tune-epochs", tune_epochs, "of all that belongs to the domain, behind that; svd has no others");
    f("tune-lr", tune_lr, "highest learning rate of these two");
    f("batch", batch, "images per step");
    f("hold-out", hold_out, "share of every class that is held out to choose the best epoch on");
    f("seed", seed, "of first weights, samples, the order of images and their changes");
    f("threads", threads, "threads in all; 0: one per core");
    f("fresh", fresh, "forget what is there of these domains and methods");
    f("dry-run", dry_run, "print the stages, do nothing");
    augmentation.visit(f);
    optimizer.visit(f);
    learning_rate.visit(f);
  }
};

/// What a stage took and gave.
struct StageReport {
  std::string stage;  // adapters, statistics, low-rank, mini, tune, fold; or a method without low rank
  int64_t epochs = 0;
  double seconds = 0, cpu_seconds = 0;  // on the wall and of all processors, without measuring top1
  int64_t memory = 0;                   // bytes: the most that the process had in use
  double top1 = -1;                     // of the model behind it, on the images of the domain's top1; -1: it has none
  std::string ranks;                    // of low-rank: kx and ky of each adapter, as covnorm_vgg16 takes them
};

/// What a domain costs and gives.
struct DomainReport {
  std::string name, method, split;  // split: what it was measured on, "test" where there is one
  double top1 = 0;                  // share
  int64_t added = 0;                // numbers beside the classifier's
  double share = 0;                 // of the backbone's
  int64_t bytes = 0;                // of its file
  double seconds = 0;               // of all its stages
  std::vector<StageReport> stages;  // in their order
};

struct CovNormSummary {
  std::vector<std::string> plan;      // with --dry-run: one line per stage
  std::vector<DomainReport> domains;  // in the order of their names
  bool interrupted = false;
};

/// Learns the domains and writes to `options.output`: backbone.safetensors, domains/NAME.safetensors, report.json, and
/// under stages/ what the stages need to continue. Domains that are not named stay as they are. Bits are those of an
/// uninterrupted run. Throws Error: kUsage for options that do not fit or other options than there were, and what
/// train_classifier throws.
CovNormSummary adapt_covnorm(const CovNormOptions& options, Progress& progress);

}  // namespace lithe
