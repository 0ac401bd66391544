#include "trainers/checkpoint.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "pipelines/formats/safetensors.h"

namespace lithe {
namespace {

constexpr const char* kStepKey = "lithe.step";
constexpr size_t kKept = 2;  // the newest, and one in case that its disk block goes bad

bool is_checkpoint(const std::string& name) {
  const std::string_view prefix = "step-", suffix = ".safetensors";
  return name.size() > prefix.size() + suffix.size() && name.compare(0, prefix.size(), prefix) == 0 &&
         name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
}

// The tensors must outlive the file that they were read from, and training writes to them.
std::map<std::string, Tensor> cloned(const std::map<std::string, Tensor>& tensors) {
  std::map<std::string, Tensor> copies;
  for (const auto& [name, tensor] : tensors) copies[name] = tensor.clone();
  return copies;
}

Checkpoint read(const std::string& path) {
  SafetensorsFile file = read_safetensors(path);
  const auto step = file.metadata.extract(kStepKey);
  Checkpoint checkpoint;
  const std::string text = step.empty() ? "" : step.mapped();
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), checkpoint.step);
  if (failure != std::errc() || end != text.data() + text.size()) {
    throw Error(path + ": no checkpoint of training: its metadata have no \"" + kStepKey + "\"");
  }
  checkpoint.tensors = cloned(file.tensors);
  checkpoint.facts = std::move(file.metadata);
  return checkpoint;
}

}  // namespace

void add_tensors(const std::string& prefix, const std::map<std::string, Tensor>& from, Checkpoint* to) {
  for (const auto& [name, tensor] : from) to->tensors[prefix + name] = tensor;
}

std::map<std::string, Tensor> tensors_under(const std::string& prefix, const Checkpoint& checkpoint) {
  std::map<std::string, Tensor> found;
  for (auto it = checkpoint.tensors.lower_bound(prefix); it != checkpoint.tensors.end(); ++it) {
    if (it->first.compare(0, prefix.size(), prefix) != 0) break;
    found[it->first.substr(prefix.size())] = it->second;
  }
  return found;
}

CheckpointFolder::CheckpointFolder(std::string path) : path_(std::move(path)) {
  std::error_code failure;
  std::filesystem::create_directories(path_, failure);
  if (failure) throw Error(ErrorKind::kOutput, path_ + ": " + failure.message());
  locked_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (locked_ < 0) throw Error(ErrorKind::kOutput, path_ + ": cannot open: " + std::strerror(errno));
  if (::flock(locked_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {  // else: a file system without locks
    ::close(locked_);
    throw Error(ErrorKind::kUsage, path_ + ": another process trains here; wait for it or use another --output");
  }
}

CheckpointFolder::~CheckpointFolder() { ::close(locked_); }

void CheckpointFolder::save(const Checkpoint& checkpoint) const {
  char name[40];
  std::snprintf(name, sizeof name, "step-%010lld.safetensors", static_cast<long long>(checkpoint.step));
  std::map<std::string, std::string> metadata = checkpoint.facts;
  metadata[kStepKey] = std::to_string(checkpoint.step);
  write_safetensors(path_ + "/" + name, checkpoint.tensors, metadata);
  const std::vector<std::string> all = files();
  for (size_t i = kKept; i < all.size(); ++i) std::filesystem::remove(all[i]);
}

std::optional<Checkpoint> CheckpointFolder::newest(std::vector<std::string>* damaged) const {
  for (const std::string& file : files()) {
    try {
      return read(file);
    } catch (const Error& e) {
      damaged->push_back(e.what());
    }
  }
  return std::nullopt;
}

void CheckpointFolder::clear() const {
  for (const std::string& file : files()) std::filesystem::remove(file);
}

std::vector<std::string> CheckpointFolder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path_)) {
    if (is_checkpoint(entry.path().filename().string())) names.push_back(entry.path().string());
  }
  std::sort(names.rbegin(), names.rend());  // steps have leading zeros
  return names;
}

}  // namespace lithe
