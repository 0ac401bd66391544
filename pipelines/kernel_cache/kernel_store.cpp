#include "pipelines/kernel_cache/kernel_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <set>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/kernel_cache/cache_folder.h"
#include "pipelines/kernel_cache/record_journal.h"

namespace lithe {
namespace {

namespace fs = std::filesystem;

constexpr char kHints[] = "hints.jsonl";
constexpr auto kYoung = std::chrono::minutes(1);
constexpr char kCandidate[] = "candidate.";  // + process number + ".so"

void make_folder(const fs::path& path) {
  if (fs::is_directory(path)) return;
  if (path.has_parent_path()) make_folder(path.parent_path());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error(ErrorKind::kOutput, path.string() + ": cannot create: " + std::strerror(errno));
  }
}

std::vector<KernelRecord> readable(const std::string& text) {
  std::vector<KernelRecord> records;
  each_line(text, [&](std::string_view line, int) {
    try {
      records.push_back(parse_kernel_record(line));
    } catch (const Error&) {
      // Torn by a kill; `lithe doctor` lists it.
    }
  });
  return records;
}

bool fits(const KernelRecord& record, const TargetOf& target_of) try {
  return kernel_identity(record.kernel(), target_of(record.spec)).mismatch(record.identity).empty();
} catch (const Error&) {
  return false;  // its device is gone
}

// What a process that was killed left behind.
bool is_left_behind(const std::string& name) {
  if (name.rfind(kCandidate, 0) != 0) return false;
  const pid_t process = std::atoi(name.c_str() + std::strlen(kCandidate));
  return process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
}

}  // namespace

KernelStore::KernelStore(const std::string& folder) : folder_(folder) {
  make_folder(folder);
  const CacheFolder opened(folder, CacheFolder::Kind::kUser);
  if (!opened.refusal().empty()) throw Error(ErrorKind::kUsage, folder + ": " + opened.refusal());
  if (::access(folder.c_str(), W_OK) != 0) {
    throw Error(ErrorKind::kOutput, folder + ": cannot write: " + std::strerror(errno));
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (is_left_behind(entry.path().filename())) fs::remove(entry.path());
  }
}

std::string KernelStore::candidate_path() const {
  return folder_ + "/" + kCandidate + std::to_string(::getpid()) + ".so";
}

void KernelStore::keep(KernelRecord record, std::string_view bytes) const {
  // The name follows from the bytes: a file is never replaced by another one under its name.
  record.sha256 = sha256(bytes);
  record.file = record.sha256.substr(0, 32) + ".so";
  write_file(folder_ + "/" + record.file, bytes, 0600);
  append_line(folder_ + "/" + CacheFolder::kJournal, to_line(record));
}

void KernelStore::note(KernelRecord record) const {
  record.file.clear(), record.sha256.clear();
  append_line(folder_ + "/" + CacheFolder::kJournal, to_line(record));
}

void KernelStore::require_room() const {
  constexpr size_t kKernel = size_t{1} << 20;  // bytes, more than any
  write_file(candidate_path(), std::string(kKernel, '\0'), 0600);
  fs::remove(candidate_path());
}

std::vector<KernelRecord> KernelStore::records() const {
  return readable(CacheFolder(folder_, CacheFolder::Kind::kUser).journal());
}

std::vector<KernelRecord> KernelStore::hints() const {
  const std::string file = folder_ + "/" + kHints;
  return fs::exists(file) ? readable(read_file(file)) : std::vector<KernelRecord>();
}

int KernelStore::import(const std::string& file) const {
  std::vector<std::string> lines;
  each_line(read_file(file), [&](std::string_view line, int number) {
    try {
      KernelRecord record = parse_kernel_record(line);
      record.file.clear(), record.sha256.clear();
      lines.push_back(to_line(record));
    } catch (const Error& e) {
      throw Error(file + ":" + std::to_string(number) + ": " + e.what() + "; was it written by `lithe tune export`?");
    }
  });
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  if (!text.empty()) append_line(folder_ + "/" + kHints, text.substr(0, text.size() - 1));
  return static_cast<int>(lines.size());
}

KernelStore::Cleaned KernelStore::clean(const TargetOf& target_of) const {
  Cleaned cleaned;
  std::set<std::string> files;
  edit_lines(folder_ + "/" + CacheFolder::kJournal, [&](std::string_view text) {
    std::vector<std::string> kept;
    std::set<std::string> specs;
    int lines = 0;
    each_line(text, [&](std::string_view, int) { ++lines; });
    const std::vector<KernelRecord> all = readable(std::string(text));
    for (auto record = all.rbegin(); record != all.rend(); ++record) {
      if (!fits(*record, target_of)) continue;
      KernelRecord left = *record;
      if (left.kept() && !specs.insert(left.spec).second) left.file.clear(), left.sha256.clear();  // superseded
      if (left.kept()) files.insert(left.file);
      kept.push_back(to_line(left));
    }
    cleaned.records = lines - static_cast<int>(kept.size());
    std::string result;
    for (auto line = kept.rbegin(); line != kept.rend(); ++line) result += *line + "\n";
    return result;
  });
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() != ".so" || files.count(name) != 0) continue;
    // A process at work compiles into its candidate, and records a file only after it is written.
    if (name.rfind(kCandidate, 0) == 0 && !is_left_behind(name)) continue;
    if (fs::file_time_type::clock::now() - entry.last_write_time() < kYoung) continue;
    cleaned.bytes += static_cast<int64_t>(entry.file_size());
    ++cleaned.files;
    fs::remove(entry.path());
  }
  return cleaned;
}

}  // namespace lithe
