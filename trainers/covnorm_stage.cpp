#include "trainers/covnorm_stage.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "pipelines/core/file.h"

namespace lithe {
namespace {

using Json = nlohmann::ordered_json;

// Linux counts the peak anew after this; where it may not be written the peak is that of the process.
void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return 1024 * kilobytes;
  }
  return 0;
}

}  // namespace

Json to_json(const StageReport& r) {
  Json json = {{"stage", r.stage},
               {"epochs", r.epochs},
               {"seconds", r.seconds},
               {"processor_seconds", r.cpu_seconds},
               {"memory_bytes", r.memory}};
  if (r.top1 >= 0) json["top1"] = r.top1;
  if (!r.ranks.empty()) json["ranks"] = r.ranks;
  return json;
}

StageReport stage_from(const Json& json) {
  StageReport r;
  r.stage = json.at("stage"), r.epochs = json.at("epochs"), r.memory = json.at("memory_bytes");
  r.seconds = json.at("seconds"), r.cpu_seconds = json.at("processor_seconds");
  r.top1 = json.value("top1", -1.0), r.ranks = json.value("ranks", "");
  return r;
}

StageMeter::StageMeter() : start_(Clock::now()), cpu_start_(std::clock()) { reset_peak_memory(); }

StageReport StageMeter::read(const std::string& stage) const {
  StageReport report;
  report.stage = stage, report.memory = peak_memory();
  report.seconds = seconds_since(start_);
  report.cpu_seconds = static_cast<double>(std::clock() - cpu_start_) / CLOCKS_PER_SEC;
  return report;
}

Json StageLog::read() const {
  if (fresh_ || !std::filesystem::exists(file_)) return Json::object();
  const Json json = Json::parse(read_file(file_), nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : Json::object();
}

std::optional<StageReport> StageLog::find(const std::string& key, const std::string& result) const {
  const Json all = read();
  if (!all.contains(key)) return std::nullopt;
  try {
    if (all[key].at("result") != result) return std::nullopt;
    return stage_from(all[key]);
  } catch (const Json::exception&) {
    return std::nullopt;  // a damaged log is as none, as in `read`
  }
}

void StageLog::put(const std::string& key, const std::string& result, const StageReport& report) {
  Json all = read();
  all[key] = to_json(report), all[key]["result"] = result;
  write_file(file_, all.dump(2) + "\n");
  fresh_ = false;
}

}  // namespace lithe
