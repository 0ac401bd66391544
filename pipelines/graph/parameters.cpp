#include "pipelines/graph/parameters.h"

#include <set>
#include <utility>

#include "pipelines/core/float32.h"
#include "pipelines/core/random.h"
#include "pipelines/core/threads.h"

namespace lithe {
namespace {

// `name` with the prefix `from` (whole components) replaced by `to`; `name` itself if it does not start so.
std::string replace_prefix(const std::string& name, const std::string& from, const std::string& to) {
  if (name.compare(0, from.size() + 1, from + ".") != 0) return name;
  return join(to, name.substr(from.size() + 1));
}

std::string without_wrapper(std::string name) {
  for (;;) {
    const std::string shorter = replace_prefix(name, "module", "");
    if (shorter == name) return name;
    name = shorter;
  }
}

std::string with_alias(const Graph& graph, const std::string& name) {
  for (const auto& [other, here] : graph.aliases) {
    const std::string renamed = replace_prefix(name, other, here);
    if (renamed != name) return renamed;
  }
  return name;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string listed(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

}  // namespace

Parameters initial_parameters(const Graph& graph, uint64_t seed) {
  Parameters parameters;
  std::vector<std::pair<Tensor, const Value*>> tensors;
  for (const ValueId id : graph.state()) {
    const Value& value = graph.value(id);
    tensors.emplace_back(parameters.emplace(value.name, Tensor(value.shape)).first->second, &value);
  }
  parallel_for(static_cast<int64_t>(tensors.size()), [&](int64_t t) {
    const auto& [tensor, value] = tensors[static_cast<size_t>(t)];
    const RandomStream random(seed, value->name);
    const int64_t size = tensor.size();
    for (int64_t i = 0; i < size; ++i) {
      const double z = value->init.spread == 0 ? 0 : random.normal(static_cast<uint64_t>(i));
      tensor.data()[i] = static_cast<float>(value->init.mean + value->init.spread * z);
    }
  });
  return parameters;
}

Parameters match_parameters(const Graph& graph, const std::map<std::string, Tensor>& from,
                            std::vector<std::string>* unused) {
  std::set<std::string> wanted;
  for (const ValueId id : graph.state()) wanted.insert(graph.value(id).name);
  std::map<std::string, const Tensor*> found;
  std::vector<std::string> rest;
  for (const auto& [name, tensor] : from) {
    const std::string plain = without_wrapper(name);
    if (!wanted.count(plain) || !found.emplace(plain, &tensor).second) rest.push_back(name);
  }
  for (const std::string& name : rest) {  // a tensor under its own name goes before one under an alias
    const std::string renamed = with_alias(graph, without_wrapper(name));
    const bool taken = wanted.count(renamed) && found.emplace(renamed, &from.at(name)).second;
    if (!taken && unused != nullptr && !ends_with(name, "num_batches_tracked")) unused->push_back(name);
  }
  Parameters parameters;
  std::vector<std::string> problems;
  for (const ValueId id : graph.state()) {
    const Value& value = graph.value(id);
    const auto it = found.find(value.name);
    if (it == found.end()) {
      problems.push_back(value.name + ": missing, expected " + to_string(value.shape));
    } else if (it->second->shape() != value.shape) {
      problems.push_back(value.name + ": expected " + to_string(value.shape) + ", got " +
                         to_string(it->second->shape()));
    } else {
      parameters[value.name] = to_float32(*it->second);
    }
  }
  if (!problems.empty()) {
    throw Error(graph.name + ": " + std::to_string(problems.size()) + " of " + std::to_string(wanted.size()) +
                " tensors do not fit; are these the weights of another network, or of other options?" +
                listed(problems));
  }
  return parameters;
}

}  // namespace lithe
