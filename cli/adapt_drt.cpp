#include <cstdio>

#include "cli/adapt.h"
#include "cli/progress.h"
#include "cli/recipes.h"
#include "cli/seeds.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

struct DrtTask {
  std::string recipe;
  int64_t seeds = 1;
  template <class Field>
  void visit(Field&& f) {
    f("recipe", recipe, "other defaults: digits, or digits-table for runs of two minutes; without: the paper's");
    f("seeds", seeds, kSeedsHelp);
  }
};

// Ours, for drt_digits from its first weights. The weight of the discrepancy is the paper's for as many classes: it is
// a mean over 345 of them there and over 10 here. Heads as fast as the trunk never learn some single sources.
const std::vector<Recipe>& drt_recipes() {
  const Words common = {"--lr=0.01",         "--schedule=one-cycle", "--trunk-lr=5", "--weight-decay=5e-4",
                        "--discrepancy=1.5", "--ramp=0.5",           "--balance=0.1"};
  const auto with = [&](Words more) {
    more.insert(more.end(), common.begin(), common.end());
    return more;
  };
  static const std::vector<Recipe> all = {
      {"digits", with({"--batch=64", "--limit=25000", "--epochs=15", "--steps=600", "--st-epochs=5"})},
      {"digits-table",
       with({"--set=width=0.5", "--batch=32", "--limit=8000", "--epochs=6", "--steps=400", "--st-epochs=2"})}};
  return all;
}

// Nothing if it was interrupted.
std::optional<SeedRun> adapt_once(const DrtOptions& o, Progress& progress) {
  const DrtSummary summary = trainers().adapt_drt(o, progress);
  if (summary.interrupted) {
    progress.message("stopped after " + std::to_string(summary.epochs.size()) +
                     " epochs; the same command again continues there");
    return std::nullopt;
  }
  const auto told = [&](const DrtChoice& choice, const std::string& by) {
    std::string text = choice.epoch.stage + " epoch " + std::to_string(choice.epoch.epoch) + ", chosen by " + by;
    if (!choice.top1) return text;
    char top1[64];
    std::snprintf(top1, sizeof top1, ": top-1 %.2f%%", 100 * choice.top1->value);
    return text + top1 + " on " + o.target.begin()->first + " (" + summary.target_split + ")";
  };
  for (const DrtStageSummary& stage : summary.stages) {
    progress.message(o.output + ": kept " + told(stage.kept, o.select));
    if (stage.oracle) progress.message(o.output + ": ORACLE " + told(*stage.oracle, "the target's labels"));
  }
  const DrtChoice& kept = summary.stages.back().kept;
  SeedRun run{{{"stage", kept.epoch.stage}, {"epoch", kept.epoch.epoch}}, {}};
  if (kept.top1) run.record["top1"] = kept.top1->value, run.top1 = kept.top1->value;
  return run;
}

ExitCode drt(const DrtTask& task, const DrtOptions& o, const ProgressOptions& p) {
  at_least(1, "--seeds", task.seeds);
  ProgressDisplay progress(p);
  if (task.seeds == 1) return adapt_once(o, progress) ? kDone : interrupted();
  return train_seeds(task.seeds, o, "top-1 on " + o.target.begin()->first, adapt_once, progress);
}

}  // namespace

Command adapt_drt() {
  return with_recipes(
      command_of<DrtTask, DrtOptions, ProgressOptions>(
          "drt", "labelled images of several domains, one domain without labels (Li et al., CVPR 2021)",
          {{"lithe adapt drt --source synth=synth --source mnist=build/data/mnist --target photos=photos "
            "--model drt_digits --recipe digits --output run",
            "digits of a domain without labels; the same command again continues an interrupted run"},
           {"lithe adapt drt --source amazon=office/amazon --source dslr=office/dslr --target webcam=office/webcam "
            "--model drt_resnet18 --set input_size=96 --method drt+st --output run",
            "folders of one folder per class, with self-training at the end"}},
          drt),
      drt_recipes());
}

}  // namespace lithe::cli
