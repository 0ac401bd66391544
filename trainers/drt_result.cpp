#include "trainers/drt_result.h"

#include <algorithm>

#include "trainers/drt_record.h"
#include "trainers/drt_scores.h"

namespace lithe {
namespace {

std::vector<double> class_shares(const Evaluation& e) {
  std::vector<double> shares;
  for (const ClassCounts& c : e.classes) {
    shares.push_back(static_cast<double>(c.predicted) / static_cast<double>(e.samples));
  }
  return shares;
}

}  // namespace

std::string model_file(const std::string& output, const std::string& stage, const std::string& select) {
  return output + "/" + stage + (select == kOracle ? ".ORACLE" : "") + ".safetensors";
}

EvaluationReport measure(const DrtOptions& o, const DrtDomains& domains, DrtSummary* summary) {
  const DatasetPtr set = domains.test ? domains.test : domains.target;
  EvaluationReport report;
  const auto choice = [&](const std::string& stage, const std::string& select) {
    ModelRequest request;
    request.model = model_file(o.output, stage, select);
    NoProgress silent;
    report = evaluate_model(load_model(request), set, o.batch, o.seed, silent);
    DrtChoice result{chosen(summary->epochs, stage, select), {}};
    if (domains.test) result.top1 = report.evaluation.top1;
    return result;
  };
  for (const DrtEpoch& row : summary->epochs) {
    if (summary->stages.empty() || summary->stages.back().stage != row.stage) {
      summary->stages.emplace_back().stage = row.stage;
    }
    DrtStageSummary& stage = summary->stages.back();
    ++stage.epochs, stage.seconds += row.seconds, stage.peak_bytes = std::max(stage.peak_bytes, row.peak_bytes);
  }
  for (DrtStageSummary& stage : summary->stages) {
    if (o.oracle) stage.oracle = choice(stage.stage, kOracle);
    stage.kept = choice(stage.stage, o.select);  // last, so that `report` is of the result
  }
  summary->target_images = set->size();
  if (domains.test) summary->target_split = domains.test_is_target ? "the images adapted to" : "test";
  summary->class_shares = class_shares(report.evaluation);
  summary->collapsed = effective_classes(summary->class_shares) < static_cast<double>(set->classes()) / 2;
  return report;
}

}  // namespace lithe
