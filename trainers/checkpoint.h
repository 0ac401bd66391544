#pragma once
// Where a run of training stands, on disk: a run that is killed continues from the newest checkpoint.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

struct Checkpoint {
  int64_t step = 0;                          // optimiser steps that were done
  std::map<std::string, Tensor> tensors;     // "parameters/NAME", "optimizer/momentum/NAME", ...
  std::map<std::string, std::string> facts;  // whatever else a run needs to continue, as text
};

/// The tensors of `from` under `prefix`, and back: those of `tensors` whose names start with it, without it.
void add_tensors(const std::string& prefix, const std::map<std::string, Tensor>& from, Checkpoint* to);
std::map<std::string, Tensor> tensors_under(const std::string& prefix, const Checkpoint& checkpoint);

/// The checkpoints of one run: safetensors files `step-0000001234.safetensors`, of which the newest two stay.
class CheckpointFolder {
 public:
  /// Makes the folder if there is none, and keeps other processes out of it while it lives. Throws Error(kOutput) if it
  /// cannot be made, Error(kUsage) if another one is in it.
  explicit CheckpointFolder(std::string path);
  ~CheckpointFolder();
  CheckpointFolder(const CheckpointFolder&) = delete;
  CheckpointFolder& operator=(const CheckpointFolder&) = delete;

  /// Writes atomically, then removes what is older than the one before. Throws Error(kOutput) if it cannot be written;
  /// older checkpoints then stay.
  void save(const Checkpoint& checkpoint) const;

  /// The newest one that can be read; none if there is none. `damaged` gets a line for every newer file that cannot.
  std::optional<Checkpoint> newest(std::vector<std::string>* damaged) const;

  bool empty() const { return files().empty(); }

  /// Removes all of them.
  void clear() const;

 private:
  std::vector<std::string> files() const;  // the newest first

  std::string path_;
  int locked_ = -1;  // the folder, open
};

}  // namespace lithe
