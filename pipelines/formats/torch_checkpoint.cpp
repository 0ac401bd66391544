#include "pipelines/formats/torch_checkpoint.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "pipelines/core/error.h"
#include "pipelines/core/file.h"
#include "pipelines/core/float32.h"
#include "pipelines/formats/text.h"
#include "pipelines/formats/torch_archive.h"
#include "pipelines/formats/torch_tensor.h"

namespace lithe {
namespace {

using torch::Kind;
using torch::Value;
using Entries = std::vector<std::pair<std::string, const Value*>>;

constexpr int kMaxDepth = 32, kMaxVisits = 200'000;
constexpr std::size_t kMaxName = 1000;
constexpr int64_t kMaxGrowth = 64;  // bytes of all tensors over bytes of the file: weights may be shared

// The entries of a dictionary with string or integer keys, in the order of the file; none for anything else.
std::optional<Entries> dictionary(const Value& value) {
  const bool ordered = value.kind == Kind::kObject && value.text == "collections.OrderedDict";
  if (value.kind != Kind::kDict && !ordered) return std::nullopt;
  Entries entries;
  const auto add = [&](const Value& key, const Value& item) {
    if (key.kind == Kind::kString) entries.emplace_back(key.text, &item);
    if (key.kind == Kind::kInteger) entries.emplace_back(std::to_string(key.integer), &item);
  };
  if (ordered && !value.items[0]->items.empty()) {  // Python 2 passes a list of pairs to the constructor
    for (const Value* pair : value.items[0]->items[0]->items) {
      if (pair->items.size() == 2) add(*pair->items[0], *pair->items[1]);
    }
  }
  for (const auto& [key, item] : value.entries) add(*key, *item);
  return entries;
}

std::optional<std::string> scalar_text(const Value& value) {
  if (value.kind == Kind::kBool) return value.integer != 0 ? "true" : "false";
  if (value.kind == Kind::kInteger) return std::to_string(value.integer);
  if (value.kind == Kind::kString) return value.text;
  if (value.kind != Kind::kFloat) return std::nullopt;
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value.number).ptr);
}

/// Collects the weights of one archive.
class CheckpointReader {
 public:
  CheckpointReader(torch::Archive* archive, int64_t file_bytes, const std::string& where)
      : archive_(archive), where_(where), tensors_(archive, file_bytes * kMaxGrowth, where) {}

  TorchCheckpoint read() {
    for (const std::string& global : archive_->pickle.globals) {
      if (!torch::is_known(global)) result_.placeholders.push_back(global);
    }
    read_wrapped(*archive_->pickle.root, 0);
    if (result_.tensors.empty()) fail("holds no tensors under names");
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kInput,
                where_ + ": " + what + "; expected the weights of a network, save model.state_dict()");
  }

  // Scripts wrap the weights, next to the epoch, the optimiser and their arguments.
  void read_wrapped(const Value& value, int depth) {
    const std::optional<Entries> entries = dictionary(value);
    if (!entries)
      fail(value.kind == Kind::kObject ? "holds an object of class " + printable(value.text)
                                       : std::string("holds no dictionary"));
    const auto find = [&](std::string_view key) -> const Value* {
      for (const auto& [name, item] : *entries) {
        if (name == key) return item;
      }
      return nullptr;
    };
    const std::pair<const char*, const char*> kParts[] = {
        {"state_dict_G", ""}, {"state_dict_F1", "F1."}, {"state_dict_F2", "F2."}};
    bool wrapped = false;
    for (const auto& [key, prefix] : kParts) {
      if (const Value* part = find(key)) {
        read_weights(*part, prefix);
        wrapped = true;
      }
    }
    for (const char* key : {"state_dict", "model_state_dict", "model"}) {
      const Value* inner = find(key);
      if (wrapped || inner == nullptr || torch::is_tensor(*inner)) continue;
      if (inner->kind != Kind::kDict && inner->kind != Kind::kObject) continue;  // the name of a model
      if (depth == kMaxDepth) fail("is nested too deeply");
      read_wrapped(*inner, depth + 1);
      wrapped = true;
    }
    if (!wrapped) return read_weights(value, "");
    for (const auto& [name, item] : *entries) add_metadata(name, *item);
  }

  void read_weights(const Value& value, const std::string& prefix) {
    std::map<std::string, const Value*> leaves;
    collect(value, "", 0, &leaves);
    const std::string stripped = common_prefix(leaves);
    for (const auto& [path, leaf] : leaves) {
      const std::string name = prefix + path.substr(stripped.size());
      if (torch::is_tensor(*leaf)) {
        std::string reason;
        const Tensor tensor = tensors_.read(*leaf, name, &reason);
        if (tensor.empty()) {
          result_.unreadable[name] = reason;
        } else {
          result_.tensors[name] = tensor;
        }
      } else if (const std::optional<std::string> text = scalar_text(*leaf)) {
        result_.metadata[name] = *text;
      } else if (leaf->kind == Kind::kObject) {
        result_.unreadable[name] = "an object of class " + printable(leaf->text);
      }
    }
  }

  // All that lies in nested dictionaries, by dotted name.
  void collect(const Value& value, const std::string& path, int depth, std::map<std::string, const Value*>* leaves) {
    if (++visits_ > kMaxVisits || depth > kMaxDepth || path.size() > kMaxName) {
      fail("has more than " + std::to_string(kMaxVisits) + " entries, " + std::to_string(kMaxDepth) +
           " levels or names of more than " + std::to_string(kMaxName) + " bytes");
    }
    const std::optional<Entries> entries = dictionary(value);
    if (!entries) {
      if (!leaves->emplace(path, &value).second) fail("holds " + printable(path) + " twice");
      return;
    }
    for (const auto& [name, item] : *entries)
      collect(*item, path.empty() ? name : path + "." + name, depth + 1, leaves);
  }

  // DataParallel puts `module.` before every name; a classifier's backbone alone also has `features.` there. A number
  // after `features.` is a layer of the network itself.
  static std::string common_prefix(const std::map<std::string, const Value*>& leaves) {
    const auto all_start = [&](const std::string& prefix, bool then_letter) {
      return std::all_of(leaves.begin(), leaves.end(), [&](const auto& leaf) {
        const std::string& name = leaf.first;
        return name.size() > prefix.size() && name.compare(0, prefix.size(), prefix) == 0 &&
               !(then_letter && name[prefix.size()] >= '0' && name[prefix.size()] <= '9');
      });
    };
    if (all_start("module.features.", true)) return "module.features.";
    return all_start("module.", false) ? "module." : "";
  }

  void add_metadata(const std::string& name, const Value& value) {
    if (const std::optional<std::string> text = scalar_text(value)) result_.metadata[name] = *text;
    if (!torch::is_tensor(value)) return;
    std::string reason;
    const Tensor tensor = tensors_.read(value, name, &reason);  // best_prec1 of old scripts
    if (!tensor.empty() && tensor.size() == 1) {
      Value number;
      number.kind = Kind::kFloat;
      number.number = static_cast<double>(*to_float32(tensor).data());
      result_.metadata[name] = *scalar_text(number);
    }
  }

  torch::Archive* archive_;
  const std::string& where_;
  torch::TensorReader tensors_;
  TorchCheckpoint result_;
  int visits_ = 0;
};

torch::Archive open_archive(std::string_view bytes, const std::string& where) {
  if (bytes.substr(0, 4) == "PK\x03\x04") return torch::open_zip_archive(bytes, where);
  if (torch::is_legacy_archive(bytes)) return torch::open_legacy_archive(bytes, where);
  if (bytes.size() > 262 && bytes.substr(257, 5) == "ustar") {
    throw Error(ErrorKind::kInput, where + ": is a tar archive of PyTorch 0.1, which is not supported; load it in a " +
                                       "PyTorch before 2.9 and save its state_dict again");
  }
  throw Error(ErrorKind::kInput, where + ": expected a PyTorch checkpoint (a zip archive or a pickle stream), found " +
                                     printable(bytes.substr(0, 16)));
}

}  // namespace

TorchCheckpoint parse_torch_checkpoint(std::string_view bytes, const std::string& where) {
  torch::Archive archive = open_archive(bytes, where);
  return CheckpointReader(&archive, static_cast<int64_t>(bytes.size()), where).read();
}

TorchCheckpoint read_torch_checkpoint(const std::string& path) {
  const MappedFile map(path);
  return parse_torch_checkpoint(map.bytes(), path);
}

}  // namespace lithe
