#pragma once
// PyTorch checkpoints (torch.save) without Python: the zip container of torch 1.6 and later and the older pickle
// stream.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

struct TorchCheckpoint {
  /// By full name, with the strides of the file; tensors may share memory. A dictionary around the weights
  /// (`state_dict`, `model`) and the prefixes `module.` and `module.features.` (of a backbone) are removed;
  /// `state_dict_F1` and `state_dict_F2` become `F1.` and `F2.`.
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;    // numbers and strings beside the weights: epoch, best_acc, arch
  std::map<std::string, std::string> unreadable;  // entries among the weights that are no tensors to us: name, reason
  std::vector<std::string> placeholders;          // classes and functions that the file names and that were not run
};

/// Executes nothing of the file and bounds what it may allocate. Tensors that nobody asks for (optimiser) are not read.
/// Throws Error(kInput) if the file is damaged, is not a checkpoint, or hides its weights in an unknown object.
TorchCheckpoint read_torch_checkpoint(const std::string& path);
/// The same for bytes in memory, which the result does not refer to. `where` names them in messages.
TorchCheckpoint parse_torch_checkpoint(std::string_view bytes, const std::string& where);

}  // namespace lithe
