#include "trainers/evaluate_model.h"

#include <algorithm>
#include <numeric>

#include "datasets/export.h"
#include "datasets/loader.h"
#include "pipelines/graph/session.h"

namespace lithe {
namespace {

// The model's output for every class of the data: the one with its name, or with the name that its folder would have.
// Where no name is known to the model, classes and outputs are in the same order.
std::vector<int> outputs_for(const Model& model, const DatasetInfo& info) {
  std::vector<int> outputs;
  std::vector<bool> taken(model.labels.size());
  std::string unknown;
  for (const std::string& name : info.class_names) {
    size_t i = 0;
    while (i < taken.size() && (taken[i] || (model.labels[i] != name && folder_name(model.labels[i]) != name))) ++i;
    if (i == taken.size()) {
      unknown += (unknown.empty() ? "\"" : ", \"") + name + "\"";
    } else {
      taken[i] = true;
    }
    outputs.push_back(static_cast<int>(i));
  }
  if (std::none_of(taken.begin(), taken.end(), [](bool t) { return t; })) {
    std::iota(outputs.begin(), outputs.end(), 0);
  } else if (!unknown.empty()) {
    throw Error(info.path + ": the model knows no class " + unknown + "; rename the classes to those of the model");
  }
  return outputs;
}

}  // namespace

EvaluationReport evaluate_model(const Model& model, const DatasetPtr& set, int64_t batch, uint64_t seed,
                                Progress& progress) {
  constexpr int64_t kWorst = 10;
  const DatasetInfo& info = set->info();
  EvaluationReport report{info.path, info.split, info.class_names, {}, {}, set, {}, false};
  report.predictions = predict(model, set, batch, progress);
  report.interrupted = progress.interrupted();
  if (report.interrupted) return report;
  report.evaluation = evaluate(report.predictions, set->classes(), seed);
  for (const int64_t i : worst(report.predictions, kWorst)) report.worst.push_back(set->where(i));
  return report;
}

EvaluationReport evaluate_model(const Model& model, const std::string& where, const std::string& split, int64_t batch,
                                uint64_t seed, Progress& progress) {
  const DatasetPtr set = open_dataset(where, split);
  progress.begin(set->size());
  EvaluationReport report = evaluate_model(model, set, batch, seed, progress);
  report.where = where;
  return report;
}

std::vector<Prediction> predict(const Model& model, const DatasetPtr& set, int64_t batch, Progress& progress) {
  const int64_t classes = model.graph.value(model.graph.outputs.at(0)).shape.at(1);
  if (classes != set->classes()) {
    throw Error(set->info().path + ": " + std::to_string(set->classes()) + " classes, but the model has " +
                std::to_string(classes));
  }
  const std::vector<int> outputs = outputs_for(model, set->info());
  std::vector<int> classes_of(outputs.size());
  for (size_t c = 0; c < outputs.size(); ++c) classes_of[static_cast<size_t>(outputs[c])] = static_cast<int>(c);
  const Session session(model.graph, model.parameters);
  LoaderOptions options;
  options.batch = batch;
  Loader loader(set, model.preprocessing, {}, options);
  std::vector<Prediction> all;
  for (const LabelledBatch& labelled : loader.epoch(0)) {
    if (progress.interrupted()) break;
    std::vector<int> labels;
    for (const int label : labelled.labels) labels.push_back(outputs[static_cast<size_t>(label)]);
    for (Prediction p : predictions(session.run({labelled.images})[0], labels)) {
      p.label = classes_of[static_cast<size_t>(p.label)], p.top = classes_of[static_cast<size_t>(p.top)];
      all.push_back(p);
    }
    progress.advance(static_cast<int64_t>(labels.size()), 0);
  }
  return all;
}

}  // namespace lithe
