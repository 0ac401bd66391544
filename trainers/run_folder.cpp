#include "trainers/run_folder.h"

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "pipelines/core/file.h"
#include "trainers/event_file.h"
#include "trainers/metrics_table.h"

namespace lithe {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kEpochsKey = "lithe.epochs";

// The columns of metrics.csv.
constexpr auto kColumns = [](auto& m, auto&& visit) {
  kEpochColumns(m, visit);
  visit("top1", m.top1);
  visit("gradient_norm", m.gradient_norm);
  visit("validation_loss", m.validation_loss);
  visit("validation_top1", m.validation_top1);
  visit("validation_top5", m.validation_top5);
  visit("calibration_error", m.calibration_error);
  visit("seconds", m.seconds);
  visit("cpu_seconds", m.cpu_seconds);
  visit("images_per_second", m.images_per_second);
  visit("waited", m.waited);
};

std::string without_domains(std::string path) {
  if (!std::filesystem::exists(path + "/" + kBackboneFile)) return path;
  throw Error(ErrorKind::kUsage, "--output " + path + ": is the folder of `lithe adapt covnorm` (" + kBackboneFile +
                                     "); use one of its own");
}

void require_same(const std::string& file, const std::string& now) {
  const Json there = Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false), here = Json::parse(now);
  if (!there.is_object()) throw Error(ErrorKind::kUsage, file + ": no record of a run; use another folder or --fresh");
  for (const auto& [name, value] : here.items()) {
    if (there.contains(name) && there[name] == value) continue;
    throw Error(ErrorKind::kUsage, file + ": this run has " + name + " " +
                                       (there.contains(name) ? there[name].dump() : "unset") + ", now it is " +
                                       value.dump() + "; use another --output, or --fresh to forget it");
  }
}

}  // namespace

int64_t best_epoch(const std::vector<EpochMetrics>& epochs) {
  const EpochMetrics* best = nullptr;
  for (const EpochMetrics& m : epochs) {
    if (best == nullptr || m.validation_top1 > best->validation_top1) best = &m;
  }
  return best == nullptr ? 0 : best->epoch;
}

std::string in_words(const EpochMetrics& m, int64_t epochs) {
  char text[160];
  std::snprintf(text, sizeof text,
                "epoch %lld/%lld: loss %.4f, top-1 %.2f%%, validation %.2f%%, lr %.3g, %.0f images/s",
                static_cast<long long>(m.epoch), static_cast<long long>(epochs), m.loss, 100 * m.top1,
                100 * m.validation_top1, m.lr, m.images_per_second);
  return text;
}

std::vector<EpochMetrics> epochs_from(const Checkpoint& checkpoint) {
  return rows_from<EpochMetrics>(checkpoint.facts.at(kEpochsKey), kColumns);
}

RunFolder::RunFolder(std::string path, const std::string& configuration, bool fresh)
    : path_(without_domains(std::move(path))), checkpoints_(path_ + "/checkpoints") {
  const std::string record = path_ + "/run.json";
  if (fresh) {
    checkpoints_.clear();
    remove_event_file(path_);
  }
  if (!checkpoints_.empty() && std::filesystem::exists(record)) {
    require_same(record, configuration);
  } else {
    write_file(record, configuration + "\n");
  }
}

std::optional<Checkpoint> RunFolder::newest(Progress& progress) const {
  std::vector<std::string> damaged;
  std::optional<Checkpoint> checkpoint = checkpoints_.newest(&damaged);
  for (const std::string& why : damaged) progress.message(why);
  if (checkpoint) progress.message(path_ + ": continues after step " + std::to_string(checkpoint->step));
  return checkpoint;
}

Model RunFolder::best() const {
  ModelRequest request;
  request.model = path_ + "/best.safetensors";
  return load_model(request);
}

void RunFolder::save(const Model& model, const std::vector<EpochMetrics>& epochs, const std::string& report,
                     Checkpoint checkpoint) const {
  checkpoint.facts[kEpochsKey] = json_of(epochs, kColumns);
  write_file(path_ + "/metrics.csv", csv_of(epochs, kColumns));
  write_event_file(path_, epochs);
  write_file(path_ + "/report.html", report);
  save_model(model, path_ + "/last.safetensors");
  if (best_epoch(epochs) == epochs.back().epoch) save_model(model, path_ + "/best.safetensors");
  checkpoints_.save(checkpoint);
}

}  // namespace lithe
