#include "trainers/covnorm_domain.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "datasets/loader.h"
#include "pipelines/core/command_line.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/graph/session.h"
#include "pipelines/networks/registry.h"
#include "trainers/covnorm_record.h"
#include "trainers/evaluate_model.h"

namespace lithe {
namespace {

// The backbone for the domain's images and classes; what depends on the number of classes starts anew.
Model plain_model(const CovNormOptions& o, const Model& backbone, const Dataset& set) {
  Model model = backbone;
  model.options["classes"] = std::to_string(set.classes());
  model.graph = build_network(backbone.network, model.options);
  model.parameters = initial_parameters(model.graph, o.seed);
  for (auto& [name, tensor] : model.parameters) {
    const auto there = backbone.parameters.find(name);
    if (there != backbone.parameters.end() && there->second.shape() == tensor.shape()) tensor = there->second;
  }
  model.preprocessing = preprocessing_for(set, input_shapes(model.graph, 1).at(0));
  model.labels = set.info().class_names;
  model.source = "adapted to " + set.info().path;
  return model;
}

// `from` on another graph: new parameters start as the seed says.
Model on_graph(const Model& from, const Graph& graph, uint64_t seed) {
  Model model = from;
  model.graph = graph;
  model.parameters = initial_parameters(graph, seed);
  for (auto& [name, tensor] : model.parameters) {
    const auto there = from.parameters.find(name);
    if (there != from.parameters.end()) tensor = there->second;
  }
  return model;
}

DatasetPtr every_nth(const DatasetPtr& set, int64_t n) {
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < set->size(); i += n) samples.push_back(i);
  return subset(set, std::move(samples));
}

std::string in_words(const StageReport& r) {
  char text[128];
  const auto mebibytes = static_cast<double>(r.memory) / (1 << 20);
  std::snprintf(text, sizeof text, "%.1f s (%.1f s of processors), %.0f MiB", r.seconds, r.cpu_seconds, mebibytes);
  const std::string words = r.stage + ": " + text;
  if (r.top1 < 0) return words;
  std::snprintf(text, sizeof text, ", top-1 %.2f%%", 100 * r.top1);
  return words + text;
}

// "20x31,18x40": kx and ky of every adapter in the order of the network.
std::string in_words(const std::vector<AdapterPlace>& places, const std::map<std::string, AdapterRanks>& ranks) {
  std::string words;
  for (const AdapterPlace& place : places) {
    const AdapterRanks& r = ranks.at(place.name);
    words += (words.empty() ? "" : ",") + std::to_string(r.kx) + "x" + std::to_string(r.ky);
  }
  return words;
}

bool starts_with(const std::string& text, const std::string& start) { return text.rfind(start, 0) == 0; }

}  // namespace

bool is_low_rank(const std::string& method) { return method == "covnorm" || method == "svd"; }

std::string domain_name(const std::string& name, const std::string& method) {
  return method == "covnorm" ? name : name + "-" + method;
}

DomainData data_of(const CovNormOptions& options, const std::string& name) {
  ClassificationOptions c;
  c.data = options.add.at(name), c.hold_out = options.hold_out, c.seed = options.seed, c.batch = options.batch;
  const TrainingData training = open_training_data(c);
  const std::vector<std::string> splits = dataset_splits(c.data);
  DomainData data{training.training, training.validation, training.validation};
  data.has_test = std::count(splits.begin(), splits.end(), "test") > 0;
  if (data.has_test) data.test = open_dataset(c.data, "test");
  if (data.test->info().class_names != data.training->info().class_names) {
    throw Error(c.data + ": the classes of test are not those of " + data.training->info().split);
  }
  if (options.limit > 0 && options.limit < data.training->classes()) {
    throw Error(ErrorKind::kUsage, "--limit " + std::to_string(options.limit) + ": fewer images than " + c.data +
                                       " has classes, " + std::to_string(data.training->classes()));
  }
  if (options.limit > 0 && options.limit < data.training->size()) {
    const double share = static_cast<double>(options.limit) / static_cast<double>(data.training->size());
    // Otherwise each epoch would be judged by as many images as it learns from.
    if (data.has_test) data.validation = every_nth(data.validation, data.training->size() / options.limit);
    data.training = hold_out(data.training, share, options.seed).held_out;
  }
  return data;
}

DomainStages::DomainStages(const CovNormOptions& options, const Model& backbone, const std::string& name)
    : options_(options),
      backbone_(backbone),
      name_(name),
      folder_(options.output + "/stages/" + name),
      places_(adapter_places(backbone.graph, options.where)),
      data_(data_of(options, name)),
      log_(folder_ + "/stages.json", options.fresh) {
  plain_ = plain_model(options, backbone, *data_.training);
}

bool DomainStages::is_own(const std::string& parameter, const std::string& stage) const {
  if (options_.method == "fine-tune") return true;
  if (stage == "mini") return parameter.find(".conv_MAL.") != std::string::npos;
  if (starts_with(parameter, classifier_of(plain_.graph).name + ".")) return true;
  if (options_.method == "classifier") return false;
  const auto is_in_adapter = [&](const AdapterPlace& place) { return starts_with(parameter, place.name + "."); };
  if (std::any_of(places_.begin(), places_.end(), is_in_adapter)) {
    const bool is_shared =
        stage == "tune" && options_.setting == "joint" &&
        (parameter.find(".conv_wh.") != std::string::npos || parameter.find(".conv_rc.") != std::string::npos);
    return !is_shared;
  }
  return std::any_of(plain_.graph.nodes.begin(), plain_.graph.nodes.end(), [&](const Node& node) {
    return node.op->name() == "batch_norm" && (plain_.graph.value(node.inputs[1]).name == parameter ||
                                               plain_.graph.value(node.inputs[2]).name == parameter);
  });
}

// Full adapters and statistics are of all methods that need them.
std::string DomainStages::key_of(const std::string& stage) const {
  const bool is_shared = !is_low_rank(options_.method) || stage == "adapters" || stage == "statistics";
  return (is_shared ? "" : options_.method + "/") + stage;
}

bool DomainStages::keep(StageReport report, const std::string& result, bool has_model, Progress& progress) {
  if (const std::optional<StageReport> known = log_.find(key_of(report.stage), result)) {
    report = *known;
  } else {
    if (has_model) {
      int64_t correct = 0;
      progress.begin(data_.test->size());
      // Full adapters are run as they are: those of wide layers take minutes to fold.
      const Model model = report.stage == "adapters" ? trained_ : in_domain(backbone_, folded());
      for (const Prediction& p : predict(model, data_.test, options_.batch, progress)) {
        correct += p.top == p.label;
      }
      if (progress.interrupted()) return false;
      report.top1 = static_cast<double>(correct) / static_cast<double>(data_.test->size());
    }
    log_.put(key_of(report.stage), result, report);
    progress.message(name_ + ": " + in_words(report));
  }
  stages_.push_back(report);
  return true;
}

bool DomainStages::train(const std::string& stage, const std::string& start, const Model& from, double lr,
                         int64_t epochs, Progress& progress) {
  trained_ = from;
  if (epochs == 0) return true;
  ClassificationOptions c;
  c.data = options_.add.at(name_), c.model = backbone_.network, c.set = plain_.options, c.init = start;
  c.output = folder_ + "/" + key_of(stage);
  c.hold_out = options_.hold_out, c.epochs = epochs, c.batch = options_.batch, c.seed = options_.seed;
  c.fresh = options_.fresh, c.keep_statistics = options_.method == "classifier";
  c.augmentation = options_.augmentation, c.optimizer = options_.optimizer;
  c.learning_rate = options_.learning_rate, c.learning_rate.lr = lr;
  for (const Value& value : from.graph.values) {
    if (value.kind == ValueKind::kParameter && !is_own(value.name, stage)) c.freeze.push_back(value.name);
  }
  check_options(c);
  ClassificationSetup setup;
  setup.training = data_.training, setup.validation = data_.validation, setup.model = from;
  setup.model.network = "graph";
  setup.command = command_line("lithe adapt covnorm", options_);
  for (auto& [name, tensor] : setup.model.parameters) tensor = tensor.clone();  // training moves them in place
  progress.message(name_ + ": " + stage);
  const StageMeter meter;
  const TrainingSummary summary = train_classifier(c, setup, progress);
  if (summary.interrupted) return false;
  StageReport report = meter.read(stage);
  report.epochs = epochs;
  double seconds = 0, cpu_seconds = 0;  // of its steps, in this run and in interrupted ones before it
  for (const EpochMetrics& epoch : summary.epochs) seconds += epoch.seconds, cpu_seconds += epoch.cpu_seconds;
  report.seconds = std::max(report.seconds, seconds);
  report.cpu_seconds = std::max(report.cpu_seconds, cpu_seconds);
  trained_.parameters = match_parameters(from.graph, read_safetensors(c.output + "/best.safetensors").tensors);
  return keep(report, model_hash(trained_.graph, trained_.parameters), /*has_model=*/true, progress);
}

bool DomainStages::train_full_adapters(Progress& progress) {
  const Model from = on_graph(plain_, with_adapters(plain_.graph, places_), options_.seed);
  return train("adapters", "backbone, adapters at 0", from, options_.learning_rate.lr, options_.epochs, progress);
}

bool DomainStages::train_own(Progress& progress) {
  if (options_.method == "adapters") return train_full_adapters(progress);
  return train(options_.method, "backbone", plain_, options_.learning_rate.lr, options_.epochs, progress);
}

bool DomainStages::gather_statistics(Progress& progress) {
  constexpr const char* kOf = "lithe.statistics";
  constexpr int64_t kBatch = 32;  // all activations of a batch are in memory at once
  const std::string file = folder_ + "/statistics.safetensors";
  const std::string of = model_hash(trained_.graph, trained_.parameters) + " " + std::to_string(options_.samples) +
                         " samples, seed " + std::to_string(options_.seed);
  const StageMeter meter;
  if (std::filesystem::exists(file)) {
    SafetensorsFile there = read_safetensors(file);
    if (there.metadata[kOf] == of) {
      moments_ = moments_from(there.tensors);
      return keep(meter.read("statistics"), of, /*has_model=*/false, progress);
    }
  }
  progress.message(name_ + ": statistics");
  ActivationStatistics statistics(watched_values(trained_.graph, places_), data_.training->size(), options_.samples,
                                  options_.seed);
  LoaderOptions in_order;
  in_order.batch = kBatch;
  Loader loader(data_.training, plain_.preprocessing, {}, in_order);
  progress.begin(loader.batches());
  int64_t first = 0;
  for (const LabelledBatch& batch : loader.epoch(0)) {
    if (progress.interrupted()) return false;
    statistics.add(forward(trained_.graph, trained_.parameters, {batch.images}), first);
    first += batch.images.dim(0);
    progress.advance(1, 0);
  }
  moments_ = statistics.moments();
  write_safetensors(file, to_tensors(moments_), {{kOf, of}});
  return keep(meter.read("statistics"), of, /*has_model=*/false, progress);
}

bool DomainStages::train_low_rank(const ActivationMoments& moments, Progress& progress) {
  const StageMeter meter;
  progress.message(name_ + ": principal components");
  const LowRankOptions low{options_.tau, options_.scaling == "paper" ? Scaling::kPaper : Scaling::kCode,
                           options_.method == "svd", options_.mini == "random" && options_.method == "covnorm"};
  const LowRankStart start = low_rank_start(places_, trained_.parameters, moments, low);
  Model from = on_graph(trained_, with_adapters(plain_.graph, places_, start.ranks), options_.seed);
  for (const auto& [name, tensor] : start.parameters) from.parameters.at(name) = tensor;
  StageReport report = meter.read("low-rank");
  report.ranks = in_words(places_, start.ranks);
  trained_ = from;
  if (!keep(report, model_hash(from.graph, from.parameters), /*has_model=*/true, progress)) return false;
  const std::string what = options_.method + ", " + options_.setting + ", tau " + std::to_string(options_.tau) +
                           ", scaling " + options_.scaling + ", mini " + options_.mini;
  if (options_.method == "covnorm") {
    if (!train("mini", what, from, options_.tune_lr, options_.mini_epochs, progress)) return false;
    from.parameters = trained_.parameters;
  }
  return train("tune", what, from, options_.tune_lr, options_.tune_epochs, progress);
}

Domain DomainStages::folded() const {
  Model adapted = plain_;
  adapted.graph = trained_.graph, adapted.parameters = trained_.parameters;
  adapted.recipe = record_of(options_, name_);
  const bool has_adapters = is_low_rank(options_.method) || options_.method == "adapters";
  Domain domain = domain_of(domain_name(name_, options_.method), backbone_, adapted,
                            has_adapters ? places_ : std::vector<AdapterPlace>{});
  domain.method = options_.method;
  return domain;
}

DomainReport DomainStages::finish(Progress& progress) {
  const StageMeter meter;
  const Domain domain = folded();
  const std::string file = domain_path(options_, name_);
  DomainReport report;
  report.name = domain.name, report.method = domain.method, report.split = data_.has_test ? "test" : "held out";
  report.top1 = stages_.back().top1;
  save_domain(domain, file);
  keep(meter.read("fold"), model_hash(trained_.graph, trained_.parameters), /*has_model=*/false, progress);
  report.stages = stages_;
  report.added = added_parameters(domain);
  report.share = static_cast<double>(report.added) / static_cast<double>(backbone_.graph.parameter_count());
  report.bytes = static_cast<int64_t>(std::filesystem::file_size(file));
  for (const StageReport& stage : stages_) report.seconds += stage.seconds;
  return report;
}

}  // namespace lithe
