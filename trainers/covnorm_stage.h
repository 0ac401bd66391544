#pragma once
// What the stages of a domain took and gave.

#include <ctime>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "pipelines/core/clock.h"
#include "trainers/covnorm.h"

namespace lithe {

nlohmann::ordered_json to_json(const StageReport& report);
StageReport stage_from(const nlohmann::ordered_json& json);

/// Time and memory from its construction on.
class StageMeter {
 public:
  StageMeter();
  StageReport read(const std::string& stage) const;

 private:
  Clock::time_point start_;
  std::clock_t cpu_start_;
};

/// The stages of a domain that are finished, in a file. Each is kept with `result`, which says what it led to: one that
/// led to something else is not found.
class StageLog {
 public:
  /// `fresh`: forgets those that are there.
  StageLog(std::string file, bool fresh) : file_(std::move(file)), fresh_(fresh) {}
  std::optional<StageReport> find(const std::string& key, const std::string& result) const;
  void put(const std::string& key, const std::string& result, const StageReport& report);

 private:
  nlohmann::ordered_json read() const;

  std::string file_;
  bool fresh_;
};

}  // namespace lithe
