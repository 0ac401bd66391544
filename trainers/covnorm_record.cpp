#include "trainers/covnorm_record.h"

#include <algorithm>
#include <filesystem>

#include "pipelines/core/file.h"
#include "pipelines/model/domain.h"
#include "trainers/covnorm_domain.h"
#include "trainers/covnorm_stage.h"
#include "trainers/option_record.h"

namespace lithe {
namespace {

using Json = nlohmann::ordered_json;

std::string report_file(const std::string& output) { return output + "/report.json"; }

Json as_json(const DomainReport& r) {
  Json stages = Json::array();
  for (const StageReport& stage : r.stages) stages.push_back(to_json(stage));
  return {{"domain", r.name}, {"method", r.method}, {"split", r.split},     {"top1", r.top1},  {"added", r.added},
          {"share", r.share}, {"bytes", r.bytes},   {"seconds", r.seconds}, {"stages", stages}};
}

}  // namespace

std::string domain_path(const CovNormOptions& options, const std::string& name) {
  return options.output + "/domains/" + domain_name(name, options.method) + ".safetensors";
}

std::string record_of(const CovNormOptions& options, const std::string& name) {
  CovNormOptions o = options;
  OptionRecord record;
  o.visit(record);
  for (const char* const other : {"output", "add", "backbone", "model", "backbone-data", "set", "backbone-epochs",
                                  "backbone-lr", "threads", "fresh", "dry-run"}) {
    record.values.erase(other);  // of the backbone, of other domains, or decide no bit
  }
  record.values["data"] = options.add.at(name);
  if (options.setting == "joint") record.values["with"] = options.add;
  return record.text(-1);
}

bool is_learnt(const CovNormOptions& options, const Model& backbone, const std::string& name) {
  const std::string file = domain_path(options, name);
  if (options.fresh || !std::filesystem::exists(file)) return false;
  const Domain domain = read_domain(file);
  const auto refuse = [&](const std::string& why) {
    return Error(ErrorKind::kUsage, file + ": " + why + "; use another name or --output, or --fresh to forget it");
  };
  if (domain.backbone != backbone.hash) throw refuse("belongs to another backbone");
  const Json there = Json::parse(domain.model.recipe, nullptr, /*allow_exceptions=*/false);
  if (!there.is_object()) throw refuse("does not say how it was learnt");
  const Json here = Json::parse(record_of(options, name));
  for (const auto& [option, value] : here.items()) {
    if (there.contains(option) && there[option] == value) continue;
    throw refuse("this domain was learnt with " + option + " " +
                 (there.contains(option) ? there[option].dump() : "unset") + ", now it is " + value.dump());
  }
  // A run may have been killed between the file and its row.
  const std::vector<DomainReport> rows = read_report(options.output);
  return std::any_of(rows.begin(), rows.end(), [&](const DomainReport& row) { return row.name == domain.name; });
}

std::vector<DomainReport> read_report(const std::string& output) {
  std::vector<DomainReport> rows;
  if (!std::filesystem::exists(report_file(output))) return rows;
  const Json json = Json::parse(read_file(report_file(output)), nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) throw Error(report_file(output) + ": is no report of domains; remove it");
  try {
    for (const Json& row : json) {
      rows.push_back({row.at("domain"),
                      row.at("method"),
                      row.at("split"),
                      row.at("top1"),
                      row.at("added"),
                      row.at("share"),
                      row.at("bytes"),
                      row.at("seconds"),
                      {}});
      for (const Json& stage : row.value("stages", Json::array())) rows.back().stages.push_back(stage_from(stage));
    }
  } catch (const Json::exception& e) {
    throw Error(report_file(output) + ": is no report of domains (" + e.what() + "); remove it");
  }
  return rows;
}

void write_report(const std::string& output, const DomainReport& row) {
  std::vector<DomainReport> rows = read_report(output);
  const auto at = std::lower_bound(rows.begin(), rows.end(), row.name,
                                   [](const DomainReport& r, const std::string& name) { return r.name < name; });
  if (at != rows.end() && at->name == row.name) {
    *at = row;
  } else {
    rows.insert(at, row);
  }
  Json json = Json::array();
  for (const DomainReport& r : rows) json.push_back(as_json(r));
  write_file(report_file(output), json.dump(2) + "\n");
}

}  // namespace lithe
