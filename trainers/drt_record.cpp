#include "trainers/drt_record.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "pipelines/core/error.h"
#include "trainers/metrics_table.h"

namespace lithe {
namespace {

using Json = nlohmann::ordered_json;

// The columns of metrics.csv.
constexpr auto kColumns = [](auto& m, auto&& visit) {
  visit("stage", m.stage);
  kEpochColumns(m, visit);
  visit("source_loss", m.source_loss), visit("transfer_loss", m.transfer_loss), visit("source_top1", m.source_top1);
  visit("entropy", m.entropy), visit("infomax", m.infomax), visit("snd", m.snd);
  visit("discrepancy", m.discrepancy), visit("disagreement", m.disagreement), visit("classes", m.classes);
  visit("oracle_top1", m.oracle_top1), visit("seconds", m.seconds), visit("peak_bytes", m.peak_bytes);
};

double score(const DrtEpoch& row, const std::string& select) {
  if (select == "entropy") return row.entropy;
  if (select == "infomax") return row.infomax;
  if (select == "snd") return row.snd;
  if (select == "source") return row.source_top1;
  if (select == kOracle) return row.oracle_top1;
  return static_cast<double>(row.epoch);  // last
}

Json json_of(const DrtChoice& choice) {
  Json json{{"epoch", choice.epoch.epoch}};
  if (choice.top1) json["top1"] = choice.top1->value, json["interval"] = {choice.top1->low, choice.top1->high};
  json["source_top1"] = choice.epoch.source_top1;
  json["discrepancy"] = choice.epoch.discrepancy, json["disagreement"] = choice.epoch.disagreement;
  return json;
}

Json json_of(const DrtStageSummary& stage) {
  Json json{{"stage", stage.stage},
            {"epochs", stage.epochs},
            {"seconds", stage.seconds},
            {"peak_bytes", stage.peak_bytes},
            {"kept", json_of(stage.kept)}};
  if (stage.oracle) json["ORACLE"] = json_of(*stage.oracle);
  return json;
}

}  // namespace

const DrtEpoch& chosen(const std::vector<DrtEpoch>& epochs, const std::string& stage, const std::string& select) {
  const DrtEpoch* best = nullptr;
  for (const DrtEpoch& row : epochs) {
    if (row.stage != stage) continue;
    if (best == nullptr || score(row, select) > score(*best, select)) best = &row;
  }
  LITHE_CHECK(best != nullptr);
  return *best;
}

std::string metrics_csv(const std::vector<DrtEpoch>& epochs) { return csv_of(epochs, kColumns); }
std::string to_text(const std::vector<DrtEpoch>& epochs) { return json_of(epochs, kColumns); }
std::vector<DrtEpoch> epochs_from_text(const std::string& text) { return rows_from<DrtEpoch>(text, kColumns); }

std::string in_words(const DrtEpoch& m, int64_t epochs) {
  char text[256], oracle[48] = "";
  if (m.oracle_top1 >= 0) std::snprintf(oracle, sizeof oracle, ", ORACLE target %.2f%%", 100 * m.oracle_top1);
  std::snprintf(text, sizeof text,
                "%s %lld/%lld: loss %.4f, transfer %.4f, source %.2f%%, infomax %.3f, %.1f classes, lr %.3g, %.0f s%s",
                m.stage.c_str(), static_cast<long long>(m.epoch), static_cast<long long>(epochs), m.source_loss,
                m.transfer_loss, 100 * m.source_top1, m.infomax, m.classes, m.lr, m.seconds, oracle);
  return text;
}

std::string summary_json(const DrtOptions& o, const DrtSummary& s) {
  const DrtChoice& kept = s.stages.back().kept;
  Json json{{"method", o.method},
            {"model", o.model},
            {"select", o.select},
            {"kept", {{"stage", kept.epoch.stage}, {"epoch", kept.epoch.epoch}}}};
  if (kept.top1) {
    json["target"] = {{"domain", o.target.begin()->first},
                      {"split", s.target_split},
                      {"images", s.target_images},
                      {"top1", kept.top1->value},
                      {"interval", {kept.top1->low, kept.top1->high}}};
  }
  json["class_shares"] = s.class_shares, json["collapsed"] = s.collapsed;
  json["stages"] = Json::array();
  for (const DrtStageSummary& stage : s.stages) json["stages"].push_back(json_of(stage));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lithe
