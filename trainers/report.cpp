#include "trainers/report.h"

#include "pipelines/graph/cost.h"
#include "trainers/classification_setup.h"
#include "trainers/report_charts.h"
#include "trainers/report_evaluation.h"
#include "trainers/report_network.h"
#include "trainers/report_page.h"
#include "trainers/run_folder.h"

namespace lithe {
namespace {

Html curves(const std::vector<EpochMetrics>& epochs) {
  const auto of = [&](double EpochMetrics::*member) {
    std::vector<double> values;
    values.reserve(epochs.size());
    for (const EpochMetrics& m : epochs) values.push_back(m.*member);
    return values;
  };
  const int64_t best = best_epoch(epochs);
  Html charts = line_chart(
      "Loss", {{"training", "a", of(&EpochMetrics::loss)}, {"validation", "b", of(&EpochMetrics::validation_loss)}},
      Unit::kNumber, best);
  charts += line_chart("Accuracy",
                       {{"training", "a", of(&EpochMetrics::top1)},
                        {"validation", "b", of(&EpochMetrics::validation_top1)},
                        {"validation, top 5", "c", of(&EpochMetrics::validation_top5)}},
                       Unit::kShare, best);
  charts += line_chart("Learning rate", {{"learning rate", "a", of(&EpochMetrics::lr)}}, Unit::kNumber, best);
  charts += line_chart("Images per second", {{"images per second", "a", of(&EpochMetrics::images_per_second)}},
                       Unit::kNumber, best);
  Html html = tag("div", attr("class", "charts"), charts);
  html += tag("p",
              "The dotted line stands at the best epoch. The training loss is that of the changed images and "
              "targets that the network learns from.");
  return section("curves", "Curves", html);
}

}  // namespace

std::string run_report(const ClassificationOptions& options, const ClassificationSetup& setup,
                       const std::vector<EpochMetrics>& epochs, const EvaluationReport& best) {
  double seconds = 0, images = 0;
  for (const EpochMetrics& m : epochs) seconds += m.seconds, images += m.seconds * m.images_per_second;
  Html tiles = tile("Validation top-1", percent(best.evaluation.top1.value), interval(best.evaluation.top1, percent));
  tiles += tile("Best epoch", std::to_string(best_epoch(epochs)),
                std::to_string(epochs.size()) + " of " + std::to_string(options.epochs) + " done");
  tiles += cost_tiles(setup.model.graph);
  tiles += tile("Training", duration(seconds), grouped(static_cast<int64_t>(images / seconds)) + " images/s");
  Html head = tag("p", "Trained on ", tag("b", grouped(setup.training->size())), " images of ", tag("b", options.data),
                  ", chosen on ", tag("b", grouped(setup.validation->size())), " others; ",
                  std::to_string(setup.validation->classes()), " classes, seed ", std::to_string(options.seed), ".");
  head += tag("dl", attr("class", "tiles"), tiles);

  Html body = curves(epochs);
  body += evaluation_sections(best);
  body += cost_section(setup.model.graph);
  body += configuration_section(options);
  return page(options.model + ", trained on " + options.data, head, setup.command, body);
}

std::string evaluation_page(const Model& model, const EvaluationReport& report, const std::string& command) {
  const Evaluation& e = report.evaluation;
  Html tiles = tile("Top-1", percent(e.top1.value), interval(e.top1, percent));
  tiles += tile("Top-5", percent(e.top5.value), interval(e.top5, percent));
  tiles += tile("Loss", significant(e.loss.value), interval(e.loss, significant));
  tiles += tile("Calibration error", percent(e.calibration_error.value), interval(e.calibration_error, percent));
  tiles += cost_tiles(model.graph);
  Html head = tag("p", tag("b", grouped(e.samples)), " images of ", tag("b", report.where), ", ",
                  std::to_string(report.class_names.size()), " classes; 95% intervals.");
  head += tag("dl", attr("class", "tiles"), tiles);
  Html body = evaluation_sections(report);
  body += cost_section(model.graph);
  return page(model.network + " on " + report.where + (report.split.empty() ? "" : ", " + report.split), head, command,
              body);
}

}  // namespace lithe
