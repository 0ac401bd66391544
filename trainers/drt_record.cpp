#include "trainers/drt_record.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "trainers/metrics_table.h"

namespace lithe {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto kColumns = [](auto& m, auto&& visit) {
  visit("stage", m.stage);
  visit("epoch", m.epoch);
  visit("lr", m.lr);
  visit("loss", m.loss);
  visit("source_loss", m.source_loss);
  visit("transfer_loss", m.transfer_loss);
  visit("source_top1", m.source_top1);
  visit("entropy", m.entropy);
  visit("infomax", m.infomax);
  visit("snd", m.snd);
  visit("discrepancy", m.discrepancy);
  visit("disagreement", m.disagreement);
  visit("classes", m.classes);
  visit("oracle_top1", m.oracle_top1);
  visit("seconds", m.seconds);
  visit("peak_bytes", m.peak_bytes);
};

double score(const DrtEpoch& row, const std::string& select) {
  if (select == "entropy") return row.entropy;
  if (select == "infomax") return row.infomax;
  if (select == "snd") return row.snd;
  if (select == "source") return row.source_top1;
  if (select == "oracle") return row.oracle_top1;
  return static_cast<double>(row.epoch);  // last
}

Json stages_of(const std::vector<DrtEpoch>& epochs) {
  Json stages = Json::array();
  for (const DrtEpoch& row : epochs) {
    if (stages.empty() || stages.back()["stage"] != row.stage) {
      stages.push_back({{"stage", row.stage}, {"epochs", 0}, {"seconds", 0.0}, {"peak_bytes", 0}});
    }
    Json& stage = stages.back();
    stage["epochs"] = row.epoch;
    stage["seconds"] = stage["seconds"].get<double>() + row.seconds;
    stage["peak_bytes"] = std::max(stage["peak_bytes"].get<int64_t>(), row.peak_bytes);
  }
  return stages;
}

}  // namespace

int64_t selected(const std::vector<DrtEpoch>& epochs, const std::string& select) {
  int64_t best = -1;
  for (size_t i = 0; i < epochs.size(); ++i) {
    if (epochs[i].stage != epochs.back().stage) continue;
    const bool better = best < 0 || score(epochs[i], select) > score(epochs[static_cast<size_t>(best)], select);
    if (better) best = static_cast<int64_t>(i);
  }
  return best;
}

std::string metrics_csv(const std::vector<DrtEpoch>& epochs) { return csv_of(epochs, kColumns); }
std::string to_text(const std::vector<DrtEpoch>& epochs) { return json_of(epochs, kColumns); }
std::vector<DrtEpoch> epochs_from_text(const std::string& text) { return rows_from<DrtEpoch>(text, kColumns); }

std::string in_words(const DrtEpoch& m, int64_t epochs) {
  char text[256];
  std::snprintf(text, sizeof text,
                "%s %lld/%lld: loss %.4f, transfer %.4f, source %.2f%%, infomax %.3f, %.1f classes, lr %.3g, %.0f s%s",
                m.stage.c_str(), static_cast<long long>(m.epoch), static_cast<long long>(epochs), m.source_loss,
                m.transfer_loss, 100 * m.source_top1, m.infomax, m.classes, m.lr, m.seconds,
                m.oracle_top1 < 0 ? "" : (", ORACLE target " + std::to_string(100 * m.oracle_top1) + "%").c_str());
  return text;
}

std::string summary_json(const DrtOptions& o, const DrtSummary& s, const Estimate& top1, int64_t images) {
  const DrtEpoch& kept = s.epochs[static_cast<size_t>(s.best - 1)];
  Json json{{"method", o.method},
            {"model", o.model},
            {"select", o.select},
            {"oracle", s.oracle},
            {"kept", {{"stage", kept.stage}, {"epoch", kept.epoch}}}};
  if (s.target_top1 >= 0) {
    json["target"] = {
        {"domain", o.target.begin()->first}, {"split", s.target_split}, {"images", images}, {"top1", top1.value},
        {"interval", {top1.low, top1.high}}, {"oracle", s.oracle}};
  }
  json["source_top1"] = kept.source_top1;
  json["discrepancy"] = kept.discrepancy, json["disagreement"] = kept.disagreement;
  json["class_shares"] = s.class_shares, json["collapsed"] = s.collapsed;
  json["stages"] = stages_of(s.epochs);
  return json.dump(2) + "\n";
}

}  // namespace lithe
