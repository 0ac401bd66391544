#include "trainers/classification.h"

#include <cmath>
#include <ctime>

#include "datasets/loader.h"
#include "pipelines/core/clock.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"
#include "pipelines/graph/trainable.h"
#include "trainers/classification_setup.h"
#include "trainers/evaluate_model.h"
#include "trainers/loss.h"
#include "trainers/report.h"
#include "trainers/run_folder.h"

namespace lithe {
namespace {

/// Everything that moves while a network is trained.
class Run {
 public:
  Run(const ClassificationOptions& o, const ClassificationSetup& setup)
      : options_(o),
        setup_(setup),
        net_(setup.model.graph),
        parameters_(setup.model.parameters),
        trained_(trained_parameters(setup.model.graph, o.freeze)),
        optimizer_(o.optimizer, parameters_, trained_),
        loader_(setup.training, setup.model.preprocessing, o.augmentation,
                {o.batch, o.seed, /*shuffle=*/true, /*drop_last=*/true, o.epochs}),
        lr_(o.learning_rate, o.epochs, loader_.batches()) {
    if (!o.teacher.empty()) teacher_.emplace(setup.teacher.graph, setup.teacher.parameters);
    if (o.ema > 0) average_.emplace(parameters_, o.ema);
    for (const auto& entry : parameters_) pass_.frozen.insert(entry.first);
    for (const std::string& name : trained_) pass_.frozen.erase(name);
    if (o.keep_statistics) pass_.mode = Mode::kEval;
  }

  /// One epoch. Returns false if the user asked to stop before its end.
  bool train(int64_t epoch, EpochMetrics* metrics, Progress& progress) {
    const auto start = Clock::now();
    const std::clock_t cpu_start = std::clock();
    int64_t images = 0, correct = 0;
    for (const LabelledBatch& batch : loader_.epoch(epoch)) {
      if (progress.interrupted()) return false;
      metrics->lr = lr_.at(optimizer_.steps());
      const Tensor logits = step(batch, *metrics);
      for (const Prediction& p : predictions(logits, batch.labels)) correct += p.top == p.label;
      images += static_cast<int64_t>(batch.labels.size());
      progress.advance(1, 0);
    }
    const auto batches = static_cast<double>(loader_.batches());
    metrics->epoch = epoch + 1;
    metrics->loss /= batches, metrics->gradient_norm /= batches;
    metrics->top1 = static_cast<double>(correct) / static_cast<double>(images);
    metrics->seconds = seconds_since(start);
    metrics->cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
    metrics->images_per_second = static_cast<double>(images) / metrics->seconds;
    metrics->waited = loader_.times().share();
    return true;
  }

  /// The network as it would be kept.
  Model model() const {
    Model model = setup_.model;
    model.parameters = average_ ? average_->values() : parameters_;
    return model;
  }

  Checkpoint checkpoint() const {
    Checkpoint c;
    c.step = optimizer_.steps();
    add_tensors("parameters/", parameters_, &c);
    add_tensors("optimizer/", optimizer_.state(), &c);
    if (average_) add_tensors("average/", average_->values(), &c);
    return c;
  }
  void restore(const Checkpoint& c) {
    for (const auto& [name, tensor] : tensors_under("parameters/", c)) copy(tensor, parameters_.at(name));
    optimizer_.restore(tensors_under("optimizer/", c), c.step);
    if (average_) average_->restore(tensors_under("average/", c), c.step);
  }

  int64_t steps_per_epoch() const { return loader_.batches(); }
  int64_t peak_bytes() const { return net_.peak_bytes(); }

 private:
  Tensor step(const LabelledBatch& batch, EpochMetrics& metrics) {
    pass_.seed = options_.seed + static_cast<uint64_t>(optimizer_.steps());
    const Pass pass = net_.forward(parameters_, {batch.images}, pass_);
    const Tensor logits = pass.output();
    const Loss loss = loss_of(logits, batch);
    Gradients gradients;
    net_.backward(pass, {loss.gradient}, &gradients);
    const double norm = norm_of(gradients);
    if (!std::isfinite(loss.value) || !std::isfinite(norm)) throw diverged(batch, loss.value, norm);
    const bool too_long = options_.clip > 0 && norm > options_.clip;
    optimizer_.step(gradients, metrics.lr, too_long ? options_.clip / norm : 1);
    if (average_) average_->update(parameters_);
    metrics.loss += loss.value, metrics.gradient_norm += norm;
    return logits;
  }

  Loss loss_of(const Tensor& logits, const LabelledBatch& batch) const {
    const Loss labels = cross_entropy(logits, batch.targets);
    if (!teacher_) return labels;
    const Loss imitation = distillation(logits, teacher_->run({batch.images})[0], options_.temperature);
    return weighted_sum(1 - options_.teacher_share, labels, options_.teacher_share, imitation);
  }

  Error diverged(const LabelledBatch& batch, double loss, double norm) const {
    const Dataset& set = *setup_.training;
    return Error(ErrorKind::kDiverged,
                 "training diverged: loss " + std::to_string(loss) + ", gradient norm " + std::to_string(norm) +
                     " in batch " + std::to_string(batch.index + 1) + " of epoch " + std::to_string(batch.epoch + 1) +
                     " (first image: " + set.where(batch.samples.front()) +
                     "); the checkpoint before it is kept. Try a lower --lr, --warmup or --clip in another folder");
  }

  const ClassificationOptions& options_;
  const ClassificationSetup& setup_;
  Trainable net_;
  Parameters parameters_;
  std::vector<std::string> trained_;
  Optimizer optimizer_;
  std::optional<MovingAverage> average_;
  std::optional<Session> teacher_;
  Loader loader_;
  LearningRate lr_;
  PassOptions pass_;
};

}  // namespace

TrainingSummary train_classifier(const ClassificationOptions& o, Progress& progress) {
  check_options(o);
  set_threads(o.threads);
  return train_classifier(o, set_up(o, progress), progress);
}

TrainingSummary train_classifier(const ClassificationOptions& o, const ClassificationSetup& setup, Progress& progress) {
  Run run(o, setup);
  RunFolder folder(o.output, configuration(o, setup), o.fresh);
  TrainingSummary summary;
  if (const auto checkpoint = folder.newest(progress)) {
    run.restore(*checkpoint);
    summary.epochs = epochs_from(*checkpoint);
  }
  const auto done = static_cast<int64_t>(summary.epochs.size());
  NoProgress silent;
  const auto validated = [&](const Model& model) {
    return evaluate_model(model, setup.validation, o.batch, /*seed=*/1, silent);
  };
  EvaluationReport best;
  if (done > 0 && done < o.epochs) best = validated(folder.best());
  progress.begin(o.epochs * run.steps_per_epoch(), done * run.steps_per_epoch());
  for (int64_t epoch = done; epoch < o.epochs; ++epoch) {
    EpochMetrics metrics;
    if (!run.train(epoch, &metrics, progress)) {
      summary.interrupted = true;
      break;
    }
    const Model model = run.model();
    EvaluationReport report = validated(model);
    const Evaluation& validation = report.evaluation;
    if (!std::isfinite(validation.loss.value)) {
      throw Error(ErrorKind::kDiverged, "training diverged: the validation loss of epoch " + std::to_string(epoch + 1) +
                                            " is " + std::to_string(validation.loss.value) +
                                            "; the checkpoint before is kept");
    }
    metrics.validation_loss = validation.loss.value, metrics.validation_top1 = validation.top1.value;
    metrics.validation_top5 = validation.top5.value;
    metrics.calibration_error = validation.calibration_error.value;
    summary.epochs.push_back(metrics);
    progress.message(in_words(metrics, o.epochs));
    if (best_epoch(summary.epochs) == metrics.epoch) best = std::move(report);
    folder.save(model, summary.epochs, run_report(o, setup, summary.epochs, best), run.checkpoint());
  }
  summary.best = best_epoch(summary.epochs);
  summary.peak_bytes = run.peak_bytes();
  return summary;
}

}  // namespace lithe
