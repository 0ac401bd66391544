#include "trainers/drt_stage.h"

#include <cmath>

#include "pipelines/core/clock.h"
#include "trainers/drt_scores.h"

namespace lithe {
namespace {

constexpr int64_t kScored = 1000;  // images per domain that an epoch is judged by

Parameters cloned(const Parameters& parameters) {
  Parameters copies;
  for (const auto& [name, tensor] : parameters) copies[name] = tensor.clone();
  return copies;
}

LearningRateOptions learning_rate(const DrtOptions& o, bool self_training) {
  LearningRateOptions lr = o.learning_rate;
  if (self_training) lr.lr *= o.st_lr, lr.schedule = "cosine", lr.warmup = 0;
  if (lr.schedule != "step") lr.milestones.clear();  // the default belongs to the default schedule
  return lr;
}

}  // namespace

BatchStream::BatchStream(DatasetPtr set, const Preprocessing& preprocessing, const DrtOptions& o, uint64_t seed,
                         int64_t steps)
    : batches_(set->size() / o.batch),
      loader_(std::move(set), preprocessing, o.augmentation,
              {o.batch, seed, /*shuffle=*/true, /*drop_last=*/true, steps / batches_ + 1}) {}

DrtStage::DrtStage(const char* name, const DrtOptions& o, const DrtDomains& domains, const Model& start,
                   DatasetPtr target)
    : name_(name),
      self_training_(name == std::string(kSelfTrainStage)),
      epochs_(self_training_ ? o.st_epochs : o.epochs),
      steps_(o.steps > 0 ? o.steps : domains.sources->size() / o.batch),
      options_(o),
      domains_(domains),
      start_(start),
      parts_(parts_of(start.graph)),
      learner_(o, start.graph, cloned(start.parameters)),
      sources_(domains.sources, start.preprocessing, o, o.seed, epochs_ * steps_),
      targets_(std::move(target), start.preprocessing, o, o.seed + 1, epochs_ * steps_),
      lr_(learning_rate(o, self_training_), epochs_, steps_) {}

Model DrtStage::model() const {
  Model model = start_;
  model.parameters = learner_.parameters();
  return model;
}

bool DrtStage::train(int64_t epoch, DrtEpoch* row, Progress& progress) {
  const auto begin = Clock::now();
  row->stage = name_, row->epoch = epoch + 1;
  sources_.start_at(epoch * steps_), targets_.start_at(epoch * steps_);
  for (int64_t step = epoch * steps_; step < (epoch + 1) * steps_; ++step) {
    if (progress.interrupted()) return false;
    row->lr = lr_.at(step);
    const LabelledBatch &source = sources_.next(), &target = targets_.next();
    const double done = static_cast<double>(step) / static_cast<double>(epochs_ * steps_);
    DrtLosses losses;
    try {
      losses = self_training_ ? learner_.self_train(source, target, row->lr)
                              : learner_.adapt(source, target.images, row->lr, done);
    } catch (const Error& e) {
      throw Error(e.kind(), std::string(name_) + " epoch " + std::to_string(row->epoch) + ", batch " +
                                std::to_string(step - epoch * steps_ + 1) + ": " + e.what());
    }
    row->source_loss += losses.source / static_cast<double>(steps_);
    row->transfer_loss += losses.transfer / static_cast<double>(steps_);
    progress.advance(1, 0);
  }
  row->loss = row->source_loss + row->transfer_loss;
  row->peak_bytes = learner_.take_peak_bytes();
  judge(row);
  row->seconds = seconds_since(begin);
  return true;
}

void DrtStage::judge(DrtEpoch* row) const {
  const auto ask = [&](const DatasetPtr& set) {
    return replies_to(parts_, learner_.parameters(), set, start_.preprocessing, options_.batch, kScored);
  };
  const Replies source = ask(domains_.source_validation), target = ask(domains_.target);
  const LabelFreeScores scores = label_free_scores(target.logits);
  row->source_top1 = top1_of(source);
  row->entropy = scores.entropy, row->infomax = scores.infomax, row->snd = scores.snd;
  row->discrepancy = feature_discrepancy(source.features, target.features);
  row->disagreement = static_cast<double>(target.apart) / static_cast<double>(target.top.size());
  row->classes = effective_classes(shares_of(target, domains_.target->classes()));
  if (options_.oracle) row->oracle_top1 = top1_of(target);
  if (std::isfinite(row->entropy)) return;
  throw Error(ErrorKind::kDiverged, "training diverged: predictions after " + row->stage + " epoch " +
                                        std::to_string(row->epoch) +
                                        " are not finite; the checkpoint before is kept. Try a lower --lr");
}

}  // namespace lithe
