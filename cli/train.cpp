#include <cstdio>

#include "cli/command.h"
#include "cli/progress.h"
#include "cli/recipes.h"
#include "cli/seeds.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

struct TrainTask {
  std::string task, recipe;
  int64_t seeds = 1;
  template <class Field>
  void visit(Field&& f) {
    f.positional("task", task, "what the network is to learn", "classify");
    f("recipe", recipe, "other defaults: those of a paper, or `small` for images of 32 x 32");
    f("seeds", seeds, kSeedsHelp);
  }
};

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

ExitCode train(const TrainTask& task, const ClassificationOptions& o, const ProgressOptions& p) {
  at_least(1, "--seeds", task.seeds);
  ProgressDisplay progress(p);
  if (task.seeds == 1) return train_once(o, progress).interrupted ? interrupted() : kDone;
  const auto once = [](const ClassificationOptions& one, Progress& messages) -> std::optional<SeedRun> {
    const TrainingSummary summary = train_once(one, messages);
    if (summary.interrupted) return std::nullopt;
    const double top1 = summary.epochs[static_cast<size_t>(summary.best - 1)].validation_top1;
    return SeedRun{{{"best_epoch", summary.best}, {"validation_top1", top1}}, top1};
  };
  return train_seeds(task.seeds, o, "validation top-1", once, progress);
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
