#include "trainers/drt_learner.h"

#include <algorithm>
#include <cmath>

#include "pipelines/core/random.h"
#include "pipelines/networks/layers.h"
#include "trainers/drt_loss.h"

namespace lithe {
namespace {

// Rows of both, one below the other.
Tensor stacked(const Tensor& first, const Tensor& second) {
  Shape shape = first.shape();
  shape[0] += second.dim(0);
  const Tensor all(shape);
  copy(first, all.images(0, first.dim(0)));
  copy(second, all.images(first.dim(0), second.dim(0)));
  return all;
}

// to += by * from.
void add_scaled(const Tensor& from, double by, const Tensor& to) {
  LITHE_CHECK(from.shape() == to.shape() && from.row_major() && to.row_major());
  const auto factor = static_cast<float>(by);
  for (int64_t i = 0; i < to.size(); ++i) to.data()[i] += factor * from.data()[i];
}

Tensor zeros(const Shape& shape) { return Tensor::filled(shape, 0.0f); }

// The options whose patterns fit some of a part's parameters; a pattern that fits no part is kept, to be reported.
OptimizerOptions options_for(const Graph& part, const Graph& whole, OptimizerOptions o) {
  const auto fits_in = [](const Graph& graph, const std::string& pattern) {
    const std::vector<std::string> names = trained_parameters(graph, {});
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return fits(name, pattern); });
  };
  const auto elsewhere = [&](const std::string& pattern) { return !fits_in(part, pattern) && fits_in(whole, pattern); };
  o.no_decay.erase(std::remove_if(o.no_decay.begin(), o.no_decay.end(), elsewhere), o.no_decay.end());
  for (auto it = o.lr_scale.begin(); it != o.lr_scale.end();) it = elsewhere(it->first) ? o.lr_scale.erase(it) : ++it;
  return o;
}

std::vector<std::string> parameters_of(const Graph& graph) { return trained_parameters(graph, {}); }

// Which domain features come from: D -> 256 -> 2, source and target (after Ganin et al., JMLR 2016).
Graph discriminator(const Graph& heads) {
  constexpr int64_t kWidth = 256;
  GraphBuilder g("discriminator");
  const ValueId features = g.input("features", heads.value(heads.inputs.at(0)).shape);
  const ValueId hidden = g.op("relu", "relu", {linear(g, "fc1", features, kWidth, Start::kFramework)});
  g.output(linear(g, "fc2", hidden, 2, Start::kFramework));
  return g.finish();
}

std::vector<int> domain_labels(int64_t sources, int64_t targets) {
  std::vector<int> labels(static_cast<size_t>(sources), 0);
  labels.insert(labels.end(), static_cast<size_t>(targets), 1);
  return labels;
}

}  // namespace

DrtLearner::DrtLearner(const DrtOptions& o, const Graph& graph, Parameters parameters)
    : options_(o),
      parts_(parts_of(graph)),
      parameters_(std::move(parameters)),
      trunk_(parts_.trunk),
      heads_(parts_.heads),
      trunk_optimizer_(options_for(parts_.trunk, graph, o.optimizer), parameters_, parameters_of(parts_.trunk)),
      heads_optimizer_(options_for(parts_.heads, graph, o.optimizer), parameters_, parameters_of(parts_.heads)) {
  if (o.method != "dann") return;
  const Graph domain = discriminator(parts_.heads);
  discriminator_parameters_ = initial_parameters(domain, o.seed);
  OptimizerOptions plain = o.optimizer;
  plain.no_decay.clear(), plain.lr_scale.clear();
  discriminator_optimizer_.emplace(plain, discriminator_parameters_, parameters_of(domain));
  discriminator_.emplace(domain);
}

DrtLosses DrtLearner::adapt(const LabelledBatch& source, const Tensor& target, double lr, double done) {
  pass_ = 0;
  if (options_.method == "mcd") return mcd(source, target, lr);
  Gradients gradients;
  const DrtLosses losses = options_.method == "source-only" ? labels_only(source.images, source.targets, &gradients)
                           : options_.method == "dann"      ? dann(source, target, done, &gradients)
                                                            : drt(source, target, done, &gradients);
  step(gradients, lr, losses);
  return losses;
}

DrtLosses DrtLearner::self_train(const LabelledBatch& source, const LabelledBatch& target, double lr) {
  pass_ = 0;
  Gradients gradients;
  const DrtLosses losses =
      labels_only(stacked(source.images, target.images), stacked(source.targets, target.targets), &gradients);
  step(gradients, lr, losses);
  return losses;
}

// CE(F1(G(s))) + CE(F2(G(s))) + gamma H - eta Dis: Dis in a second pass through the heads, whose gradient reaches the
// trunk times -lambda.
DrtLosses DrtLearner::drt(const LabelledBatch& source, const Tensor& target, double done, Gradients* gradients) {
  const int64_t sources = source.images.dim(0), targets = target.dim(0);
  const Pass trunk = trunk_.forward(parameters_, {stacked(source.images, target)}, pass_options(false));
  const Tensor features = trunk.output(), of_target = features.images(sources, targets);
  const Pass first = through_heads(features);
  DrtLosses losses;
  std::vector<Tensor> slopes;
  for (size_t head = 0; head < 2; ++head) {
    const Tensor logits = first.output(head);
    const Loss labels = cross_entropy(logits.images(0, sources), source.targets);
    const Loss balance = class_balance(logits.images(sources, targets));
    losses.source += labels.value, losses.transfer += options_.balance * balance.value;
    const Tensor slope = zeros(logits.shape());
    copy(labels.gradient, slope.images(0, sources));
    add_scaled(balance.gradient, options_.balance, slope.images(sources, targets));
    slopes.push_back(slope);
  }
  const Tensor dfeatures = heads_.backward(first, slopes, gradients).at(0).contiguous();

  const Pass second = through_heads(of_target);
  TwoHeadLoss apart = discrepancy(second.output(0), second.output(1));
  const double eta = options_.discrepancy * (done < options_.ramp ? done / options_.ramp : 1);
  losses.transfer -= eta * apart.value;
  for (Tensor* gradient : {&apart.first, &apart.second}) {
    for (int64_t i = 0; i < gradient->size(); ++i) gradient->data()[i] *= -static_cast<float>(eta);
  }
  const Tensor reversed = heads_.backward(second, {apart.first, apart.second}, gradients).at(0).contiguous();
  add_scaled(reversed, -options_.reversal, dfeatures.images(sources, targets));
  trunk_.backward(trunk, {dfeatures}, gradients);
  return losses;
}

// CE(s) and the domain's cross entropy, whose gradient reaches the trunk times -(2 / (1 + exp(-10 done)) - 1).
DrtLosses DrtLearner::dann(const LabelledBatch& source, const Tensor& target, double done, Gradients* gradients) {
  const int64_t sources = source.images.dim(0), targets = target.dim(0);
  const Pass trunk = trunk_.forward(parameters_, {stacked(source.images, target)}, pass_options(false));
  const Tensor features = trunk.output();
  const Pass heads = through_heads(features.images(0, sources));
  DrtLosses losses;
  std::vector<Tensor> slopes;
  for (size_t head = 0; head < 2; ++head) {
    const Loss labels = cross_entropy(heads.output(head), source.targets);
    losses.source += labels.value;
    slopes.push_back(labels.gradient);
  }
  const Tensor dfeatures = zeros(features.shape());
  copy(heads_.backward(heads, slopes, gradients).at(0), dfeatures.images(0, sources));

  const Pass domain = discriminator_->forward(discriminator_parameters_, {features}, pass_options(true));
  const Loss which = cross_entropy(domain.output(), domain_labels(sources, targets));
  losses.transfer += which.value;
  const Tensor reversed = discriminator_->backward(domain, {which.gradient}, gradients).at(0).contiguous();
  add_scaled(reversed, 1 - 2 / (1 + std::exp(-10 * done)), dfeatures);
  trunk_.backward(trunk, {dfeatures}, gradients);
  return losses;
}

// Maximum classifier discrepancy in three steps (Saito et al., CVPR 2018): labels; heads apart on the target; the trunk
// makes them agree, `mcd_steps` times.
DrtLosses DrtLearner::mcd(const LabelledBatch& source, const Tensor& target, double lr) {
  Gradients gradients;
  DrtLosses losses = labels_only(source.images, source.targets, &gradients);
  step(gradients, lr, losses);

  const int64_t sources = source.images.dim(0), targets = target.dim(0);
  gradients.clear();
  const Tensor features =
      trunk_.forward(parameters_, {stacked(source.images, target)}, pass_options(false, false)).output();
  const Pass heads = through_heads(features);
  std::vector<Tensor> slopes{zeros(heads.output(0).shape()), zeros(heads.output(1).shape())};
  const TwoHeadLoss apart =
      discrepancy(heads.output(0).images(sources, targets), heads.output(1).images(sources, targets));
  for (size_t head = 0; head < 2; ++head) {
    copy(cross_entropy(heads.output(head).images(0, sources), source.targets).gradient,
         slopes[head].images(0, sources));
    add_scaled(head == 0 ? apart.first : apart.second, -1, slopes[head].images(sources, targets));
  }
  heads_.backward(heads, slopes, &gradients);
  step(gradients, lr, losses, /*trunk=*/false, /*heads=*/true);

  for (int64_t k = 0; k < options_.mcd_steps; ++k) {
    gradients.clear();
    const Pass trunk = trunk_.forward(parameters_, {target}, pass_options(false));
    const Pass both = through_heads(trunk.output(), /*parameter_gradients=*/false);
    const TwoHeadLoss left = discrepancy(both.output(0), both.output(1));
    trunk_.backward(trunk, {heads_.backward(both, {left.first, left.second}, nullptr).at(0)}, &gradients);
    step(gradients, lr, losses, /*trunk=*/true, /*heads=*/false);
    losses.transfer = left.value;
  }
  return losses;
}

DrtLosses DrtLearner::labels_only(const Tensor& images, const Tensor& targets, Gradients* gradients) {
  const Pass trunk = trunk_.forward(parameters_, {images}, pass_options(false));
  const Pass heads = through_heads(trunk.output());
  DrtLosses losses;
  std::vector<Tensor> slopes;
  for (size_t head = 0; head < 2; ++head) {
    const Loss labels = cross_entropy(heads.output(head), targets);
    losses.source += labels.value;
    slopes.push_back(labels.gradient);
  }
  trunk_.backward(trunk, {heads_.backward(heads, slopes, gradients).at(0)}, gradients);
  return losses;
}

void DrtLearner::step(const Gradients& gradients, double lr, const DrtLosses& losses, bool trunk, bool heads) {
  const double norm = norm_of(gradients);
  if (!std::isfinite(losses.total()) || !std::isfinite(norm)) {
    throw Error(ErrorKind::kDiverged, "training diverged: loss " + std::to_string(losses.total()) + ", gradient norm " +
                                          std::to_string(norm) +
                                          "; the checkpoint before it is kept. Try a lower --lr, --discrepancy or " +
                                          "--reversal in another folder");
  }
  if (trunk) trunk_optimizer_.step(gradients, lr * options_.trunk_lr);
  if (heads) heads_optimizer_.step(gradients, lr);
  if (discriminator_) discriminator_optimizer_->step(gradients, lr);
}

PassOptions DrtLearner::pass_options(bool input_gradients, bool parameter_gradients) {
  PassOptions options;
  options.input_gradients = input_gradients, options.parameter_gradients = parameter_gradients;
  const RandomStream passes(options_.seed, "dropout");
  options.seed =
      passes.bits((static_cast<uint64_t>(trunk_optimizer_.steps() + heads_optimizer_.steps()) << 8) + pass_++);
  return options;
}

Pass DrtLearner::through_heads(const Tensor& features, bool parameter_gradients) {
  return heads_.forward(parameters_, {features}, pass_options(true, parameter_gradients));
}

int64_t DrtLearner::take_peak_bytes() {
  const int64_t peak = trunk_.peak_bytes();  // of all networks: they share one memory
  trunk_.reset_peak();
  return peak;
}

void DrtLearner::save(Checkpoint* c) const {
  add_tensors("parameters/", parameters_, c);
  add_tensors("trunk/", trunk_optimizer_.state(), c);
  add_tensors("heads/", heads_optimizer_.state(), c);
  c->facts["lithe.trunk_steps"] = std::to_string(trunk_optimizer_.steps());
  c->facts["lithe.heads_steps"] = std::to_string(heads_optimizer_.steps());
  if (!discriminator_) return;
  add_tensors("discriminator/", discriminator_parameters_, c);
  add_tensors("discriminator_optimizer/", discriminator_optimizer_->state(), c);
}

void DrtLearner::restore(const Checkpoint& c) {
  const auto fill = [&](const std::string& prefix, const Parameters& parameters) {
    for (const auto& [name, tensor] : tensors_under(prefix, c)) copy(tensor, parameters.at(name));
  };
  fill("parameters/", parameters_);
  trunk_optimizer_.restore(tensors_under("trunk/", c), std::stoll(c.facts.at("lithe.trunk_steps")));
  heads_optimizer_.restore(tensors_under("heads/", c), std::stoll(c.facts.at("lithe.heads_steps")));
  if (!discriminator_) return;
  fill("discriminator/", discriminator_parameters_);
  discriminator_optimizer_->restore(tensors_under("discriminator_optimizer/", c),
                                    std::stoll(c.facts.at("lithe.heads_steps")));
}

}  // namespace lithe
