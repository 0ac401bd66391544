#include "trainers/drt_report.h"

#include "pipelines/core/command_line.h"
#include "pipelines/graph/cost.h"
#include "trainers/drt_scores.h"
#include "trainers/report_charts.h"
#include "trainers/report_evaluation.h"
#include "trainers/report_network.h"
#include "trainers/report_page.h"

namespace lithe {
namespace {

Html head_of(const DrtOptions& o, const DrtSummary& s, const Model& result) {
  const DrtStageSummary& last = s.stages.back();
  double seconds = 0;
  for (const DrtStageSummary& stage : s.stages) seconds += stage.seconds;
  Html tiles;
  const auto accuracy = [&](const char* what, const Estimate& top1) {
    tiles += tile(what, percent(top1.value), interval(top1, percent));
  };
  if (last.kept.top1) accuracy("Target top-1", *last.kept.top1);
  if (last.oracle) accuracy("ORACLE target top-1", *last.oracle->top1);
  tiles += tile("Kept", last.stage + " " + std::to_string(last.kept.epoch.epoch), "epoch chosen by " + o.select);
  tiles += tile("Source top-1", percent(last.kept.epoch.source_top1), "images held out");
  tiles += tile("Classes", significant(effective_classes(s.class_shares)),
                "of " + std::to_string(s.class_shares.size()) + " effectively predicted");
  tiles += cost_tiles(result.graph);
  tiles += tile("Training", duration(seconds), std::to_string(s.epochs.size()) + " epochs");

  Html sources;
  for (const auto& [name, path] : o.source) {
    if (!sources.empty()) sources += ", ";
    sources += tag("b", name);
  }
  Html html = tag("p", "From ", sources, " with labels to ", tag("b", o.target.begin()->first), " without, by ",
                  o.method, ", seed ", std::to_string(o.seed), ". ",
                  s.target_split.empty() ? "The target has no labels to measure accuracy by."
                                         : "Accuracy is of " + grouped(s.target_images) + " images of the target (" +
                                               s.target_split + "), with its 95% interval.");
  if (s.collapsed)
    html += tag("p", tag("b", "The adaptation collapsed: fewer than half of the classes are predicted."));
  if (o.oracle) {
    html += tag("p", tag("b", "ORACLE"),
                " marks numbers for which the target's labels were read to choose an epoch: "
                "they overstate what one would get without labels.");
  }
  html += tag("dl", attr("class", "tiles"), tiles);
  return html;
}

Html stages(const DrtSummary& s) {
  const bool oracle = s.stages.back().oracle.has_value();
  Table table{"Stages", {"stage", "#epochs", "#time", "#peak memory", "#kept epoch", "#target top-1"}, {}};
  if (oracle) table.header.insert(table.header.end(), {"#ORACLE epoch", "#ORACLE target top-1"});
  for (const DrtStageSummary& stage : s.stages) {
    std::vector<Html> row{stage.stage, std::to_string(stage.epochs), duration(stage.seconds),
                          grouped(stage.peak_bytes >> 20) + " MiB"};
    const auto add = [&](const DrtChoice& choice) {
      row.emplace_back(std::to_string(choice.epoch.epoch));
      row.emplace_back(choice.top1 ? percent(choice.top1->value) : "unknown");
    };
    add(stage.kept);
    if (stage.oracle) add(*stage.oracle);
    table.rows.push_back(row);
  }
  Html html = html_of(table);
  html += tag("p", "Memory is that of activations and gradients.");
  return section("stages", "Stages", html);
}

Html curves(const DrtOptions& o, const DrtSummary& s) {
  const auto of = [&](double DrtEpoch::*member) {
    std::vector<double> values;
    for (const DrtEpoch& row : s.epochs) values.push_back(row.*member);
    return values;
  };
  const DrtStageSummary& last = s.stages.back();
  const int64_t kept = static_cast<int64_t>(s.epochs.size()) - last.epochs + last.kept.epoch.epoch;
  Html charts;
  const auto chart = [&](const char* title, const std::vector<Series>& series, Unit unit = Unit::kNumber) {
    charts += line_chart(title, series, unit, kept);
  };
  chart("Loss", {{"labels", "a", of(&DrtEpoch::source_loss)}, {"transfer", "b", of(&DrtEpoch::transfer_loss)}});
  std::vector<Series> accuracy{{"sources, held out", "a", of(&DrtEpoch::source_top1)}};
  if (o.oracle) accuracy.push_back({"ORACLE: target", "b", of(&DrtEpoch::oracle_top1)});
  chart("Accuracy", accuracy, Unit::kShare);
  chart("Scores on the target, without labels", {{"infomax", "a", of(&DrtEpoch::infomax)},
                                                 {"entropy", "b", of(&DrtEpoch::entropy)},
                                                 {"neighbourhood density", "c", of(&DrtEpoch::snd)}});
  chart("Discrepancy of the domains", {{"discrepancy", "a", of(&DrtEpoch::discrepancy)}});
  chart("Target images on which the heads disagree", {{"share", "a", of(&DrtEpoch::disagreement)}}, Unit::kShare);
  chart("Effective number of classes on the target", {{"classes", "a", of(&DrtEpoch::classes)}});
  chart("Learning rate", {{"learning rate", "a", of(&DrtEpoch::lr)}});
  Html html = tag("div", attr("class", "charts"), charts);
  html += tag("p", "The dotted line stands at the epoch that was kept.",
              s.stages.size() == 1 ? ""
                                   : " Behind epoch " + std::to_string(s.stages[0].epochs) +
                                         " the network trains itself: its labels of the target are in the loss.");
  return section("curves", "Curves", html);
}

Html shares(const DrtSummary& s, const std::vector<std::string>& names) {
  Table table{"Answers on the target", {"class", "#share"}, {}};
  for (size_t c = 0; c < names.size(); ++c) table.rows.push_back({names[c], bar(s.class_shares[c])});
  return section("shares", "Classes predicted on the target", html_of(table));
}

}  // namespace

std::string drt_report(const DrtOptions& o, const DrtSummary& s, const Model& result, const EvaluationReport& report,
                       const Html& embedding) {
  DrtOptions repeated = o;
  repeated.fresh = false, repeated.threads = 0;  // decide no bit
  Html body = stages(s);
  body += curves(o, s);
  body += section("embedding", "Features of sources and target", embedding);
  body += shares(s, report.class_names);
  if (!s.target_split.empty()) body += evaluation_sections(report);
  body += cost_section(result.graph);
  body += configuration_section(o);
  return page(o.model + ", adapted to " + o.target.begin()->first, head_of(o, s, result),
              command_line("lithe adapt drt", repeated), body);
}

}  // namespace lithe
