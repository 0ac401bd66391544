#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/recipes.h"
#include "pipelines/core/file.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TrainTask {
  std::string task, recipe;
  int64_t seeds = 1;
  template <class Field>
  void visit(Field&& f) {
    f.positional("task", task, "what the network is to learn", "classify");
    f("recipe", recipe, "other defaults: those of a paper, or `small` for images of 32 x 32");
    f("seeds", seeds, "runs, with seeds from --seed on, in OUTPUT/seed-N; seeds.json holds their mean and deviation");
  }
};

ExitCode stopped() { return static_cast<ExitCode>(128 + caught_interrupt()); }

TrainingSummary train_once(const ClassificationOptions& o, Progress& progress) {
  const TrainingSummary summary = trainers().train_classifier(o, progress);
  if (summary.best > 0) {
    char text[160];
    std::snprintf(text, sizeof text,
                  ": best epoch %lld, validation top-1 %.2f%%; activations and gradients took %.0f MiB",
                  static_cast<long long>(summary.best),
                  100 * summary.epochs[static_cast<size_t>(summary.best - 1)].validation_top1,
                  static_cast<double>(summary.peak_bytes) / (1 << 20));
    progress.message(o.output + text);
  }
  if (summary.interrupted) {
    progress.message("stopped after " + std::to_string(summary.epochs.size()) + " of " + std::to_string(o.epochs) +
                     " epochs; the same command again continues there");
  }
  return summary;
}

// Mean and deviation (of a sample) of the best epochs' validation accuracy.
ExitCode train_seeds(const TrainTask& task, const ClassificationOptions& o, Progress& progress) {
  std::vector<double> top1;
  Json runs = Json::array();
  for (int64_t i = 0; i < task.seeds; ++i) {
    ClassificationOptions one = o;
    one.seed = o.seed + static_cast<uint64_t>(i);
    one.output = o.output + "/seed-" + std::to_string(one.seed);
    const TrainingSummary summary = train_once(one, progress);
    if (summary.interrupted) return stopped();
    top1.push_back(summary.epochs[static_cast<size_t>(summary.best - 1)].validation_top1);
    runs.push_back({{"seed", one.seed}, {"best_epoch", summary.best}, {"validation_top1", top1.back()}});
  }
  const auto n = static_cast<double>(top1.size());
  const double mean = std::accumulate(top1.begin(), top1.end(), 0.0) / n;
  double squares = 0;
  for (const double value : top1) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  write_file(o.output + "/seeds.json", Json{{"runs", runs}, {"mean", mean}, {"deviation", deviation}}.dump(2) + "\n");
  char text[96];
  std::snprintf(text, sizeof text, ": validation top-1 %.2f +- %.2f%% over %lld seeds", 100 * mean, 100 * deviation,
                static_cast<long long>(task.seeds));
  progress.message(o.output + text);
  return kDone;
}

ExitCode train(const TrainTask& task, const ClassificationOptions& o, const ProgressOptions& p) {
  at_least(1, "--seeds", task.seeds);
  ProgressDisplay progress(p);
  if (task.seeds > 1) return train_seeds(task, o, progress);
  return train_once(o, progress).interrupted ? stopped() : kDone;
}

}  // namespace

extern const Command kTrain = with_recipes(command_of<TrainTask, ClassificationOptions, ProgressOptions>(
    "train", "train a network on a data set",
    {{"lithe train classify --data /usr/share/datasets/fashion-mnist --model resnet8 --recipe small --output run",
      "the same command again continues an interrupted run"},
     {"lithe train classify --data photos --model mobilenet_v2 --init mobilenet_v2.safetensors --freeze 'features.*' "
      "--output run --lr 0.01",
      "a new classifier on what a network has learnt"}},
    train));

}  // namespace lithe::cli
