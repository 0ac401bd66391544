#pragma once
// The table of networks. A network is a table of its paper and a loop that writes a Graph.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

struct NetworkOption {
  std::string name, value, help;  // value: the default
};

/// The options of one build as text, read by typed getters. Throws Error(kUsage) for a value that is not of its type
/// or out of range.
class NetworkOptions {
 public:
  NetworkOptions(std::vector<NetworkOption> known, const std::map<std::string, std::string>& given);
  int64_t integer(const std::string& name, int64_t least, int64_t most) const;
  double number(const std::string& name, double least, double most) const;
  std::map<std::string, std::string> all() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

struct Published {
  std::string what;    // "parameters", "MAdds (a)", "top-1"
  double value = 0;
  std::string source;  // section of the paper notes, or options under which it holds
};

struct Network {
  std::string name, summary;
  std::vector<NetworkOption> options;
  Graph (*build)(const NetworkOptions& options) = nullptr;
  std::vector<Published> published;  // at the default options
};

const std::vector<Network>& networks();
/// Throws Error(kUsage) naming the nearest network.
const Network& find_network(const std::string& name);
Graph build_network(const std::string& name, const std::map<std::string, std::string>& options = {});

}  // namespace lithe
