// Looking after the compiled kernels.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/tune.h"
#include "pipelines/core/file.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "pipelines/kernel_cache/kernel_store.h"

namespace lithe::cli {
namespace {

KernelCacheState examine(const TuneOptions& o) { return KernelCache(tuned_folders(o)).examine(kernel_target_of); }

const std::string& needed_file(const TuneOptions& o) {
  if (!o.file) throw Error(ErrorKind::kUsage, "FILE is missing: of export and import");
  return *o.file;
}

nlohmann::ordered_json as_json(const KernelCacheState& state) {
  nlohmann::ordered_json kernels = nlohmann::ordered_json::array(), unusable = nlohmann::ordered_json::array();
  for (const auto& [record, folder, bytes] : state.usable) {
    auto entry = nlohmann::ordered_json::parse(to_line(record));
    entry["folder"] = folder, entry["bytes"] = bytes;
    kernels.push_back(std::move(entry));
  }
  for (const KernelMiss& miss : state.misses) {
    unusable.push_back({{"where", miss.where}, {"kernel", miss.spec}, {"reason", miss.reason}});
  }
  return {{"kernels", kernels}, {"unusable", unusable}, {"superseded", state.superseded}, {"tried", state.tried}};
}

}  // namespace

ExitCode tune_ls(const TuneOptions& o) {
  KernelCacheState state = examine(o);
  if (o.json) {
    std::cout << as_json(state).dump(2) << "\n";
    return kDone;
  }
  std::sort(state.usable.begin(), state.usable.end(),
            [](const auto& a, const auto& b) { return a.record.spec < b.record.spec; });
  std::printf("%-52s %10s %10s %6s  %-20s %s\n", "kernel", "generic us", "us", "gain", "tile", "made for");
  for (const auto& [record, folder, bytes] : state.usable) {
    char times[32] = "not measured";
    if (record.time_us > 0) {
      std::snprintf(times, sizeof times, "%10.1f %10.1f %5.2fx", record.generic_time_us, record.time_us,
                    record.generic_time_us / record.time_us);
    }
    std::printf("%-52s %28s  %-20s %s\n", short_spec(record.spec).c_str(), times, to_string(record.tile).c_str(),
                record.plan.c_str());
  }
  std::printf("%zu kernels, %zu records that cannot be used\n", state.usable.size(), state.misses.size());
  return kDone;
}

ExitCode tune_verify(const TuneOptions& o) {
  const KernelCacheState state = examine(o);
  if (o.json) {
    std::cout << as_json(state).dump(2) << "\n";
  } else {
    for (const KernelMiss& miss : state.misses) {
      std::cout << miss.where << ": " << (miss.spec.empty() ? "" : short_spec(miss.spec) + ": ") << miss.reason << "\n";
    }
    std::cout << state.usable.size() << " kernels are in order, " << state.misses.size() << " cannot be used\n";
  }
  return state.misses.empty() ? kDone : kCheck;
}

ExitCode tune_export(const TuneOptions& o, Progress& progress) {
  std::string text;
  const KernelCacheState state = examine(o);
  for (const auto& usable : state.usable) {
    KernelRecord record = usable.record;
    record.file.clear(), record.sha256.clear();  // parameters, never code
    text += to_line(record) + "\n";
  }
  write_file(needed_file(o), text);
  progress.message(needed_file(o) + ": the parameters of " + std::to_string(state.usable.size()) + " kernels");
  return kDone;
}

ExitCode tune_import(const TuneOptions& o, Progress& progress) {
  if (std::filesystem::is_directory(needed_file(o))) return tune_import_bundle(o, progress);
  const int count = KernelStore(tune_folder(o)).import(needed_file(o));
  progress.message(std::to_string(count) + " hints; `lithe tune NETWORK` compiles and measures them first");
  return kDone;
}

ExitCode tune_clean(const TuneOptions& o, Progress& progress) {
  const KernelStore::Cleaned cleaned = KernelStore(tune_folder(o)).clean(kernel_target_of);
  progress.message("removed " + std::to_string(cleaned.records) + " records and " + std::to_string(cleaned.files) +
                   " files, " + std::to_string(cleaned.bytes / 1024) + " KiB");
  return kDone;
}

}  // namespace lithe::cli
