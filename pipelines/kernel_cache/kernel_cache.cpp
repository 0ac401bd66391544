#include "pipelines/kernel_cache/kernel_cache.h"

#include <algorithm>

#include "pipelines/core/error.h"
#include "pipelines/kernel_cache/record_journal.h"

namespace lithe {
namespace {

std::string place(const CacheFolder& folder, int line) {
  return folder.path() + "/" + CacheFolder::kJournal + ":" + std::to_string(line);
}

}  // namespace

KernelCache::KernelCache(std::vector<CacheFolder> folders) : folders_(std::move(folders)) {}

KernelFunction KernelCache::find(const std::string& spec, const KernelTarget& target) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto known = found_.find(spec);
  if (known != found_.end()) return known->second;
  if (!read_) read_journals();
  return found_[spec] = load(spec, target);
}

void KernelCache::read_journals() {
  read_ = true;
  // The user's own kernels are preferred: they come last, after those of the installation.
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
    if (!folder->refusal().empty()) misses_.push_back({folder->path(), "", folder->refusal()});
    try {
      journals_.push_back(std::make_unique<std::string>(folder->journal()));
    } catch (const Error& e) {
      misses_.push_back({folder->path() + "/" + CacheFolder::kJournal, "", e.what()});
      continue;
    }
    each_line(*journals_.back(), [&](std::string_view line, int number) {
      const std::string_view spec = spec_of_kept(line);
      if (!spec.empty()) lines_[spec].push_back({&*folder, number, line});
    });
  }
}

KernelFunction KernelCache::load(const std::string& spec, const KernelTarget& target) {
  const auto lines = lines_.find(spec);
  if (lines == lines_.end()) return nullptr;
  for (auto line = lines->second.rbegin(); line != lines->second.rend(); ++line) {
    try {
      std::string bytes;
      usable_record(
          *line, [&](const std::string&) { return target; }, &bytes);
      libraries_.push_back(std::make_unique<KernelLibrary>(bytes));
      return libraries_.back()->call();
    } catch (const Error& e) {
      misses_.push_back({place(*line->folder, line->number), spec, e.what()});
    }
  }
  return nullptr;
}

KernelRecord KernelCache::usable_record(const Line& line, const TargetOf& target_of, std::string* bytes) const {
  KernelRecord record = parse_kernel_record(line.text);
  const std::string mismatch = kernel_identity(record.kernel(), target_of(record.spec)).mismatch(record.identity);
  if (!mismatch.empty()) throw Error(mismatch);
  try {
    *bytes = line.folder->read(record);
  } catch (const Error& e) {
    throw Error(record.file + ": " + e.what());
  }
  return record;
}

std::vector<KernelMiss> KernelCache::misses() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return misses_;
}

KernelCacheState KernelCache::examine(const TargetOf& target_of) const {
  KernelCacheState state;
  std::map<std::string, size_t> at;  // where in `usable` a spec is
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
    if (!folder->refusal().empty()) state.misses.push_back({folder->path(), "", folder->refusal()});
    std::string journal;
    try {
      journal = folder->journal();
    } catch (const Error& e) {
      state.misses.push_back({folder->path() + "/" + CacheFolder::kJournal, "", e.what()});
    }
    each_line(journal, [&](std::string_view text, int number) {
      const Line line{&*folder, number, text};
      const std::string spec(spec_of_kept(text));
      try {
        if (spec.empty()) {
          parse_kernel_record(text);
          ++state.tried;
          return;
        }
        std::string bytes;
        KernelRecord record = usable_record(line, target_of, &bytes);
        const KernelLibrary loads(bytes);
        const auto size = static_cast<int64_t>(bytes.size());
        const auto [entry, is_new] = at.emplace(spec, state.usable.size());
        if (is_new) {
          state.usable.push_back({std::move(record), folder->path(), size});
        } else {
          state.usable[entry->second] = {std::move(record), folder->path(), size};
          ++state.superseded;
        }
      } catch (const Error& e) {
        state.misses.push_back({place(*folder, number), spec, e.what()});
      }
    });
  }
  return state;
}

namespace {

// Replaced caches stay: sessions hold functions of their libraries.
struct OfThisProcess {
  std::mutex mutex;
  std::vector<std::unique_ptr<KernelCache>> caches;
  std::vector<CacheFolder> folders;
  bool chosen = false;  // `folders` are to be used instead of kernel_folders()
  std::unique_ptr<KernelCache> current;

  KernelCache& cache() {
    const std::lock_guard<std::mutex> lock(mutex);
    if (!current) {
      if (!chosen) folders = kernel_folders();
      current = std::make_unique<KernelCache>(std::move(folders));
    }
    return *current;
  }
};

OfThisProcess& of_this_process() {
  static auto* caches = new OfThisProcess;  // kernels may be called by statics that end later
  return *caches;
}

}  // namespace

KernelFunction specialised_kernel(const std::string& spec, const KernelTarget& target) {
  return of_this_process().cache().find(spec, target);
}

std::vector<KernelMiss> kernel_misses() {
  OfThisProcess& process = of_this_process();
  const std::lock_guard<std::mutex> lock(process.mutex);
  return process.current ? process.current->misses() : std::vector<KernelMiss>();
}

void use_kernel_folders(std::vector<CacheFolder> folders) {
  OfThisProcess& process = of_this_process();
  const std::lock_guard<std::mutex> lock(process.mutex);
  if (process.current) process.caches.push_back(std::move(process.current));
  process.folders = std::move(folders);
  process.chosen = true;
}

}  // namespace lithe
