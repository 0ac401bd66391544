#include "trainers/event_file.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/formats/tensorboard.h"

namespace lithe {
namespace {

constexpr const char* kPrefix = "events.out.tfevents.";

// The path of the event file; empty if there is none. Temporary ones of a process that was killed go: TensorBoard would
// read them too.
std::string existing(const std::string& folder) {
  std::string found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::filesystem::path& path = entry.path();
    if (path.filename().string().rfind(kPrefix, 0) != 0) continue;
    path.extension() == ".tmp" ? void(std::filesystem::remove(path)) : void(found = path.string());
  }
  return found;
}

std::string named_now(const std::string& folder, double seconds_ago) {
  using Seconds = std::chrono::duration<double>;
  const Seconds now = std::chrono::system_clock::now().time_since_epoch();
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return folder + "/" + kPrefix + std::to_string(static_cast<int64_t>(now.count() - seconds_ago)) + "." + host;
}

double start_of(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  int64_t start = 0;
  std::from_chars(name.data() + std::char_traits<char>::length(kPrefix), name.data() + name.size(), start);
  return static_cast<double>(start);
}

std::vector<ScalarEvent> events_of(const std::vector<EpochMetrics>& epochs, double start) {
  std::vector<ScalarEvent> events;
  for (const EpochMetrics& m : epochs) {
    start += m.seconds;
    events.push_back({start,
                      m.epoch,
                      {{"lr", m.lr},
                       {"train/loss", m.loss},
                       {"train/top1", m.top1},
                       {"train/gradient_norm", m.gradient_norm},
                       {"validation/loss", m.validation_loss},
                       {"validation/top1", m.validation_top1},
                       {"validation/top5", m.validation_top5},
                       {"validation/calibration_error", m.calibration_error},
                       {"images_per_second", m.images_per_second},
                       {"waited", m.waited}}});
  }
  return events;
}

}  // namespace

void write_event_file(const std::string& folder, const std::vector<EpochMetrics>& epochs) {
  std::string path = existing(folder), there;
  if (path.empty()) {
    double seconds = 0;
    for (const EpochMetrics& m : epochs) seconds += m.seconds;
    path = named_now(folder, seconds);
  } else {
    there = read_file(path);
  }
  const double start = start_of(path);
  const std::string bytes = tensorboard_file(start, events_of(epochs, start));
  if (there.empty() || bytes.compare(0, there.size(), there) != 0) return write_file(path, bytes);
  std::ofstream file(path, std::ios::binary | std::ios::app);
  file << std::string_view(bytes).substr(there.size()) << std::flush;
  if (!file) throw Error(ErrorKind::kOutput, path + ": cannot append to it");
}

void remove_event_file(const std::string& folder) {
  const std::string path = existing(folder);
  if (!path.empty()) std::filesystem::remove(path);
}

}  // namespace lithe
