#include "pipelines/model/domain.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <set>

#include "pipelines/core/float32.h"
#include "pipelines/core/names.h"
#include "pipelines/formats/safetensors.h"
#include "pipelines/model/model_metadata.h"
#include "pipelines/networks/fold_adapters.h"
#include "pipelines/networks/registry.h"

namespace lithe {
namespace {

constexpr const char *kDomainKey = "lithe.domain", *kBackboneKey = "lithe.backbone", *kMethodKey = "lithe.method";

bool equal(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && std::memcmp(a.contiguous().raw(), b.contiguous().raw(), a.bytes()) == 0;
}

Tensor tensor_of(const std::vector<double>& values) {
  return Tensor::of({static_cast<int64_t>(values.size())}, {values.begin(), values.end()});
}

const Node* node_named(const Graph& graph, const std::string& name) {
  const auto it = std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& n) { return n.name == name; });
  return it == graph.nodes.end() ? nullptr : &*it;
}

/// Collects what a domain changes.
class Changes {
 public:
  Changes(const Model& backbone, const Model& adapted)
      : backbone_(backbone), adapted_(adapted), plain_(build_network(adapted.network, adapted.options)) {}

  void add_adapter(const AdapterPlace& place) {
    FoldedAdapter adapter = fold_adapter(place, adapted_.parameters);
    if (place.own_norm) {
      constants_[place.norm] = adapter.shift;
    } else {
      add_bias_and_scale(place, adapter);
    }
    if (!adapter.full.empty()) tensors_[place.weight + ".full"] = adapter.full;
    if (adapter.full.empty()) tensors_[place.weight + ".up"] = adapter.up;
    if (adapter.full.empty()) tensors_[place.weight + ".down"] = adapter.down;
  }

  std::map<std::string, Tensor> take() {
    for (const Node& node : plain_.nodes) {
      if (node.op->name() == "batch_norm") add_norm(node);
    }
    for (const ValueId id : plain_.state()) {
      const std::string& name = plain_.value(id).name;
      if (!done_.count(name) && !is_of_backbone(name)) tensors_[name] = adapted_.parameters.at(name);
    }
    return std::move(tensors_);
  }

 private:
  bool is_of_backbone(const std::string& name) const {
    const auto there = backbone_.parameters.find(name);
    return there != backbone_.parameters.end() && equal(there->second, adapted_.parameters.at(name));
  }

  // BN2 (x + A BN1(x)) of a convolution w u + b: its scale goes to the weights, everything constant to the bias.
  void add_bias_and_scale(const AdapterPlace& place, const FoldedAdapter& adapter) {
    const Node* norm = node_named(adapted_.graph, place.norm);
    LITHE_CHECK(norm != nullptr);
    const Affine affine = affine_of(*norm, adapted_.graph, adapted_.parameters);
    const Tensor scale = tensor_of(affine.scale);
    const Tensor column = adapted_.parameters.at(place.bias).reshaped({place.channels, 1});
    const Tensor bias = folded_weight(column, adapter, scale, place.groups).reshaped({place.channels});
    for (int64_t c = 0; c < place.channels; ++c) {
      const auto i = static_cast<size_t>(c);
      bias.at(c) = static_cast<float>(bias.at(c) + affine.scale[i] * adapter.shift[i] + affine.shift[i]);
    }
    tensors_[place.weight + ".scale"] = scale;
    tensors_[place.bias] = bias;
    done_.insert(place.bias);
  }

  // s (x + c) + t under the backbone's mean m and deviation d: weight s d, bias s (c + m) + t.
  void add_norm(const Node& norm) {
    const auto name = [&](size_t input) { return plain_.value(norm.inputs[input]).name; };
    const auto constant = constants_.find(norm.name);
    const auto there = backbone_.parameters.find(name(3));
    const bool same_shape =
        there != backbone_.parameters.end() && there->second.shape() == adapted_.parameters.at(name(3)).shape();
    if (!same_shape) return;  // of a classifier with other classes: stored as it is
    for (size_t input = 1; input <= 4; ++input) done_.insert(name(input));
    const bool same =
        is_of_backbone(name(1)) && is_of_backbone(name(2)) && is_of_backbone(name(3)) && is_of_backbone(name(4));
    if (same && constant == constants_.end()) return;
    const Affine affine = affine_of(norm, plain_, adapted_.parameters);
    const Tensor &mean = there->second, &variance = backbone_.parameters.at(name(4));
    const double eps = std::get<double>(norm.attributes.at("eps"));
    std::vector<double> weight, bias;
    for (size_t c = 0; c < affine.scale.size(); ++c) {
      const auto i = static_cast<int64_t>(c);
      const double more = constant == constants_.end() ? 0 : constant->second[c];
      weight.push_back(affine.scale[c] * std::sqrt(variance.at(i) + eps));
      bias.push_back(affine.scale[c] * (more + mean.at(i)) + affine.shift[c]);
    }
    tensors_[name(1)] = tensor_of(weight);
    tensors_[name(2)] = tensor_of(bias);
  }

  const Model &backbone_, &adapted_;
  const Graph plain_;
  std::map<std::string, std::vector<double>> constants_;  // of adapters, by the BatchNorm behind them
  std::map<std::string, Tensor> tensors_;
  std::set<std::string> done_;  // parameters that need no tensor of their own
};

// The domain's tensor of that name in float32; empty if it has none. A file may hold anything, so shapes are checked.
Tensor found(const Domain& domain, const std::string& name, const Shape& expected) {
  const auto it = domain.tensors.find(name);
  if (it == domain.tensors.end()) return {};
  if (it->second.shape() != expected) {
    throw Error(domain.name + ": the domain's " + name + " has shape " + to_string(it->second.shape()) + ", expected " +
                to_string(expected) + "; the file is damaged or of another network");
  }
  return to_float32(it->second);
}

// What the domain does behind the convolution of that weight.
FoldedAdapter adapter_of(const Domain& domain, const std::string& weight, int64_t channels, int64_t groups) {
  const auto rank_of = [&](const std::string& name) {
    const auto it = domain.tensors.find(name);
    return it == domain.tensors.end() || it->second.rank() != 2 ? 0 : it->second.dim(1);
  };
  const int64_t rank = rank_of(weight + ".up");
  FoldedAdapter adapter;
  adapter.up = found(domain, weight + ".up", {channels, rank});
  adapter.down = found(domain, weight + ".down", {groups * rank, channels / groups});
  adapter.full = found(domain, weight + ".full", {channels, channels / groups});
  if (adapter.up.empty() == adapter.down.empty()) return adapter;
  throw Error(domain.name + ": the domain has " + weight +
              (adapter.up.empty() ? ".down without .up" : ".up without .down") + "; the file is damaged");
}

}  // namespace

Domain domain_of(const std::string& name, const Model& backbone, const Model& adapted,
                 const std::vector<AdapterPlace>& places) {
  Changes changes(backbone, adapted);
  for (const AdapterPlace& place : places) changes.add_adapter(place);
  Domain domain{name, "", backbone.hash, adapted, changes.take()};
  domain.model.graph = Graph();
  domain.model.parameters.clear();
  domain.model.hash.clear();
  return domain;
}

Model in_domain(const Model& backbone, const Domain& domain) {
  if (domain.backbone != backbone.hash) {
    throw Error(domain.name + ": this domain belongs to another backbone (" + domain.backbone.substr(0, 12) + ", not " +
                backbone.hash.substr(0, 12) + "); use the model file beside which it was made");
  }
  Model model = domain.model;
  model.graph = build_network(model.network, model.options);
  std::map<std::string, Tensor> weights = backbone.parameters;
  for (const auto& [name, tensor] : domain.tensors) weights[name] = tensor;
  model.parameters = match_parameters(model.graph, weights);
  for (const Node& node : model.graph.nodes) {
    if (node.op->name() != "conv2d") continue;
    const Value& weight = model.graph.value(node.inputs[1]);
    const int64_t channels = weight.shape.at(0), groups = std::get<int64_t>(node.attributes.at("groups"));
    const FoldedAdapter adapter = adapter_of(domain, weight.name, channels, groups);
    const Tensor scale = found(domain, weight.name + ".scale", {channels});
    if (adapter.up.empty() && adapter.full.empty() && scale.empty()) continue;
    Tensor& w = model.parameters.at(weight.name);
    w = folded_weight(w, adapter, scale, groups);
  }
  model.hash = model_hash(model.graph, model.parameters);
  return model;
}

void save_domain(const Domain& domain, const std::string& path) {
  Metadata metadata = write_metadata(domain.model);
  metadata[kDomainKey] = domain.name;
  metadata[kBackboneKey] = domain.backbone;
  metadata[kMethodKey] = domain.method;
  std::filesystem::create_directories(std::filesystem::absolute(path).parent_path());
  write_safetensors(path, domain.tensors, metadata);
}

Domain read_domain(const std::string& path) {
  const SafetensorsFile file = read_safetensors(path);
  Domain domain;
  domain.name = entry(file.metadata, kDomainKey, path);
  domain.backbone = entry(file.metadata, kBackboneKey, path);
  domain.method = entry(file.metadata, kMethodKey, path);
  domain.model.network = entry(file.metadata, kNetworkKey, path);
  domain.model.options = options_from(file.metadata, path);
  read_metadata(file.metadata, path, &domain.model);
  domain.tensors = file.tensors;
  return domain;
}

std::string domain_file(const std::string& model, const std::string& name) {
  namespace fs = std::filesystem;
  if (name.find('/') != std::string::npos || fs::path(name).extension() == ".safetensors") return name;
  const fs::path folder = fs::path(model).parent_path() / "domains", file = folder / (name + ".safetensors");
  if (fs::exists(file)) return file;
  std::vector<std::string> names;
  std::string listed;
  if (fs::is_directory(folder)) {
    for (const auto& other : fs::directory_iterator(folder)) names.push_back(other.path().stem());
  }
  std::sort(names.begin(), names.end());
  for (const std::string& one : names) listed += (listed.empty() ? "" : ", ") + one;
  throw Error(ErrorKind::kUsage, "--domain " + name + ": " + model + " has no such domain in " + folder.string() +
                                     (names.empty() ? "" : "; there are " + listed) + did_you_mean(name, names));
}

int64_t added_parameters(const Domain& domain) {
  const Graph graph = build_network(domain.model.network, domain.model.options);
  const std::string classifier = classifier_of(graph).name + ".";
  int64_t count = 0;
  for (const auto& [name, tensor] : domain.tensors) count += name.rfind(classifier, 0) == 0 ? 0 : tensor.size();
  return count;
}

}  // namespace lithe
