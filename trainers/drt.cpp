#include "trainers/drt.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "pipelines/core/command_line.h"
#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/networks/registry.h"
#include "trainers/drt_domains.h"
#include "trainers/drt_embedding.h"
#include "trainers/drt_pseudo_labels.h"
#include "trainers/drt_record.h"
#include "trainers/drt_report.h"
#include "trainers/drt_result.h"
#include "trainers/drt_stage.h"
#include "trainers/option_record.h"
#include "trainers/run_folder.h"
#include "trainers/start_weights.h"

namespace lithe {
namespace {

constexpr const char* kEpochsKey = "lithe.drt_epochs";
constexpr int64_t kDrawn = 500;  // images of either domain in the picture

void check_options(const DrtOptions& o) {
  check_usage(!o.source.empty(), "--source: expected at least one domain, NAME=PATH");
  check_usage(o.target.size() == 1, "--target: expected one domain, NAME=PATH, got " + std::to_string(o.target.size()));
  check_usage(o.epochs >= 1, "--epochs: expected at least 1, got " + std::to_string(o.epochs));
  check_usage(o.st_epochs >= 1, "--st-epochs: expected at least 1, got " + std::to_string(o.st_epochs));
  check_usage(o.batch >= 2, "--batch: expected at least 2, as statistics need, got " + std::to_string(o.batch));
  check_usage(o.steps >= 0 && o.limit >= 0 && o.mcd_steps >= 1,
              "--steps, --limit: expected 0 or more, --mcd-steps 1 or more");
  check_usage(o.trunk_lr > 0 && o.st_lr > 0, "--trunk-lr, --st-lr: expected a number above 0");
  check_usage(o.discrepancy >= 0 && o.reversal >= 0 && o.balance >= 0,
              "--discrepancy, --reversal, --balance: expected 0 or more");
  check_usage(o.ramp >= 0 && o.ramp <= 1, "--ramp: expected a share in [0, 1]");
  check_usage(o.st_confidence > 0 && o.st_confidence <= 1, "--st-confidence: expected a number in (0, 1]");
  check_usage(o.threads >= 0, "--threads: expected 0 or more, got " + std::to_string(o.threads));
  check_usage(!o.unlabelled_target || !o.oracle, "--oracle needs a target with labels");
  check_augmentation(o.augmentation);
}

/// The run and its folder.
class Adaptation {
 public:
  Adaptation(const DrtOptions& o, Progress& progress) : options_(o), domains_(open_domains(o, progress)) {
    start_.network = o.model, start_.options = o.set;
    start_.options["classes"] = std::to_string(domains_.sources->classes());
    start_.graph = build_network(o.model, start_.options);
    start_.parameters = initial_parameters(start_.graph, o.seed);
    if (!o.init.empty()) start_from(o.init, start_.graph, &start_.parameters, progress);
    start_.preprocessing = preprocessing_for(domains_, input_shapes(start_.graph, 1).at(0));
    start_.labels = domains_.sources->info().class_names;
    DrtOptions repeated = o;
    repeated.output.clear(), repeated.oracle = repeated.fresh = false, repeated.threads = 0;  // decide no bit
    start_.recipe = command_line("lithe adapt drt", repeated);
    const DrtStage fits(kAdaptStage, options_, domains_, start_, domains_.target);  // throws before anything is written
    folder_.emplace(o.output, configuration(), o.fresh);
    if (o.fresh) forget_results();
  }

  DrtSummary run(Progress& progress) {
    const auto checkpoint = folder_->newest(progress);
    if (checkpoint) summary_.epochs = epochs_from_text(checkpoint->facts.at(kEpochsKey));
    bool finished = stage(kAdaptStage, start_, domains_.target, checkpoint, progress);
    if (finished && options_.method == "drt+st") {
      try {
        finished = self_train(checkpoint, progress);
      } catch (const Error&) {
        report(progress);  // what stands is worth having
        throw;
      }
    }
    summary_.interrupted = !finished;
    if (finished) report(progress);
    return summary_;
  }

 private:
  std::string configuration() const {
    DrtOptions o = options_;
    OptionRecord record;
    o.visit(record);
    for (const char* const name : {"output", "threads", "fresh"}) record.values.erase(name);  // decide no bit
    record.values["images"] = {domains_.sources->size(), domains_.target->size()};
    record.values["start"] = model_hash(start_.graph, start_.parameters);
    return record.text(2);
  }

  // Another method writes other files.
  void forget_results() const {
    for (const char* const name : {kAdaptStage, kSelfTrainStage}) {
      for (const std::string& by : {options_.select, std::string(kOracle)}) {
        std::filesystem::remove(model_file(options_.output, name, by));
      }
    }
    for (const char* const name :
         {"best.safetensors", "pseudo_labels.csv", "metrics.csv", "summary.json", "report.html", "embedding.svg"}) {
      std::filesystem::remove(options_.output + "/" + name);
    }
  }

  int64_t done(const std::string& name) const {
    return std::count_if(summary_.epochs.begin(), summary_.epochs.end(),
                         [&](const auto& e) { return e.stage == name; });
  }

  bool self_train(const std::optional<Checkpoint>& checkpoint, Progress& progress) {
    ModelRequest request;
    request.model = model_file(options_.output, kAdaptStage, options_.select);
    const Model adapted = load_model(request);
    const Replies replies =
        replies_to(parts_of(adapted.graph), adapted.parameters, domains_.target, adapted.preprocessing, options_.batch);
    const PseudoLabels labels = pseudo_labels(domains_.target, replies, options_.st_confidence, options_.batch);
    write_file(options_.output + "/pseudo_labels.csv", labels.csv);
    progress.message("self-training on " + std::to_string(labels.set->size()) + " of " +
                     std::to_string(domains_.target->size()) + " target images");
    return stage(kSelfTrainStage, adapted, labels.set, checkpoint, progress);
  }

  // Returns false if the user asked to stop.
  bool stage(const char* name, const Model& start, const DatasetPtr& target,
             const std::optional<Checkpoint>& checkpoint, Progress& progress) {
    const int64_t first = done(name);
    DrtStage stage(name, options_, domains_, start, target);
    if (first == stage.epochs()) return true;
    if (first > 0) stage.learner().restore(*checkpoint);
    progress.begin(stage.epochs() * stage.steps(), first * stage.steps());
    for (int64_t epoch = first; epoch < stage.epochs(); ++epoch) {
      DrtEpoch row;
      if (!stage.train(epoch, &row, progress)) return false;
      summary_.epochs.push_back(row);
      progress.message(in_words(row, stage.epochs()));
      save(stage);
    }
    return true;
  }

  // The checkpoint comes last: without it the epoch is done again, with the same bits.
  void save(DrtStage& stage) const {
    keep_if_chosen(stage, options_.select);
    if (options_.oracle) keep_if_chosen(stage, kOracle);
    write_file(options_.output + "/metrics.csv", metrics_csv(summary_.epochs));
    Checkpoint checkpoint;
    stage.learner().save(&checkpoint);
    checkpoint.step = static_cast<int64_t>(summary_.epochs.size()) * stage.steps();
    checkpoint.facts[kEpochsKey] = to_text(summary_.epochs);
    folder_->save(checkpoint);
  }

  void keep_if_chosen(const DrtStage& stage, const std::string& select) const {
    const DrtEpoch& row = summary_.epochs.back();
    if (&chosen(summary_.epochs, row.stage, select) != &row) return;
    Model model = stage.model();
    std::string sources;
    for (const auto& [name, path] : options_.source) sources += (sources.empty() ? "" : ", ") + name;
    model.source = "adapted from " + sources + " to " + options_.target.begin()->first + " by " + options_.method +
                   (select == kOracle ? ", ORACLE: chosen by the target's labels" : ", chosen by " + select);
    save_model(model, model_file(options_.output, row.stage, select));
    if (select != kOracle) save_model(model, options_.output + "/best.safetensors");
  }

  void report(Progress& progress) {
    const EvaluationReport result = measure(options_, domains_, &summary_);
    if (summary_.collapsed) {
      const double source_top1 = summary_.stages.back().kept.epoch.source_top1;
      char text[240];
      std::snprintf(text, sizeof text,
                    "WARNING: the adaptation collapsed: on the target it predicts %.1f of %lld classes effectively, on "
                    "the sources %.1f %% are right; try %s",
                    effective_classes(summary_.class_shares), static_cast<long long>(result.set->classes()),
                    100 * source_top1,
                    source_top1 < 0.5 ? "a lower --lr or more epochs: the sources are to be learnt first"
                                      : "a higher --balance, a lower --discrepancy or more epochs");
      progress.message(text);
    }
    ModelRequest request;
    request.model = options_.output + "/best.safetensors";
    const Model best = load_model(request);
    const auto drawn = [&](const DatasetPtr& images) {
      return replies_to(parts_of(best.graph), best.parameters, images, best.preprocessing, options_.batch, kDrawn);
    };
    const Html embedding = embedding_svg(drawn(domains_.source_validation), drawn(result.set), best.labels);
    write_file(options_.output + "/embedding.svg", embedding.str() + "\n");
    write_file(options_.output + "/report.html", drt_report(options_, summary_, best, result, embedding));
    write_file(options_.output + "/summary.json", summary_json(options_, summary_));
  }

  const DrtOptions& options_;
  DrtDomains domains_;
  Model start_;
  std::optional<RunFolder> folder_;
  DrtSummary summary_;
};

}  // namespace

DrtSummary adapt_drt(const DrtOptions& o, Progress& progress) {
  check_options(o);
  find_network(o.model);
  set_threads(o.threads);
  return Adaptation(o, progress).run(progress);
}

}  // namespace lithe
