#include "cli/seeds.h"

#include <cmath>
#include <cstdio>

#include "pipelines/core/file.h"

namespace lithe::cli {

void write_seeds(const std::string& output, const std::string& what, const std::vector<SeedRun>& runs,
                 Progress& progress) {
  nlohmann::ordered_json json{{"runs", nlohmann::ordered_json::array()}};
  double sum = 0, squares = 0;
  bool measured = runs.size() > 1;
  for (const SeedRun& run : runs) {
    json["runs"].push_back(run.record);
    measured = measured && run.top1;
    sum += run.top1.value_or(0);
  }
  const auto count = static_cast<double>(runs.size());
  const double mean = sum / count;
  for (const SeedRun& run : runs) squares += std::pow(run.top1.value_or(0) - mean, 2);
  const double deviation = std::sqrt(squares / (count - 1));
  if (measured) json["mean"] = mean, json["deviation"] = deviation;
  write_file(output + "/seeds.json", json.dump(2) + "\n");
  if (!measured) return;
  char text[96];
  std::snprintf(text, sizeof text, " %.2f +- %.2f%% over %zu seeds", 100 * mean, 100 * deviation, runs.size());
  progress.message(output + ": " + what + text);
}

}  // namespace lithe::cli
