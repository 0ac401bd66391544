#include <cstdio>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/recipes.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

struct TrainTask {
  std::string task, recipe;
  template <class Field>
  void visit(Field&& f) {
    f.positional("task", task, "what the network is to learn", "classify");
    f("recipe", recipe, kRecipeHelp, kRecipeChoices);
  }
};

ExitCode train(const TrainTask&, const ClassificationOptions& o, const ProgressOptions& p) {
  ProgressDisplay progress(p);
  const TrainingSummary summary = trainers().train_classifier(o, progress);
  char text[160];
  if (summary.best > 0) {
    const EpochMetrics& best = summary.epochs[static_cast<size_t>(summary.best - 1)];
    std::snprintf(text, sizeof text,
                  ": best epoch %lld, validation top-1 %.2f%%; activations and gradients took %.0f MiB",
                  static_cast<long long>(summary.best), 100 * best.validation_top1,
                  static_cast<double>(summary.peak_bytes) / (1 << 20));
    progress.message(o.output + text);
  }
  if (!summary.interrupted) return kDone;
  progress.message("stopped after " + std::to_string(summary.epochs.size()) + " of " + std::to_string(o.epochs) +
                   " epochs; the same command again continues there");
  return static_cast<ExitCode>(128 + caught_interrupt());
}

Command with_recipes(Command command) {
  command.work = [parsed = command.work](const Words& arguments) { return parsed(with_recipe(arguments)); };
  return command;
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
