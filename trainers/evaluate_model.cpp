#include "trainers/evaluate_model.h"

#include "datasets/loader.h"
#include "pipelines/graph/session.h"

namespace lithe {

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
  const Session session(model.graph, model.parameters);
  LoaderOptions options;
  options.batch = batch;
  Loader loader(set, model.preprocessing, {}, options);
  std::vector<Prediction> all;
  for (const LabelledBatch& labelled : loader.epoch(0)) {
    if (progress.interrupted()) break;
    const std::vector<Prediction> some = predictions(session.run({labelled.images})[0], labelled.labels);
    all.insert(all.end(), some.begin(), some.end());
    progress.advance(static_cast<int64_t>(some.size()), 0);
  }
  return all;
}

}  // namespace lithe
