#pragma once
// The table of networks. A network is a table of its paper and a loop that writes a Graph.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/graph.h"

namespace lithe {

struct NetworkOption {
  std::string name, value, help;  // value: the default
};

/// The options of one build as text, read by typed getters. Throws Error(kUsage) for an unknown name and for a value
/// that is not of its type or out of range.
class NetworkOptions {
 public:
  NetworkOptions(const std::string& network, const std::vector<NetworkOption>& known,
                 const std::map<std::string, std::string>& given);
  int64_t integer(const std::string& name, int64_t least, int64_t most) const;
  double number(const std::string& name, double least, double most) const;
  const std::string& text(const std::string& name) const { return values_.at(name); }
  const std::string& network() const { return network_; }
  /// Every option with its value, defaults included.
  const std::map<std::string, std::string>& all() const { return values_; }

 private:
  std::string network_;
  std::map<std::string, std::string> values_;
};

/// One figure that others state for the network at its default options.
struct Published {
  std::string what;  // "parameters", "MAdds (a)" to "(c)" as in Madds, "top-1 %"
  double value = 0;
  std::string source;  // who states it
};

struct Network {
  std::string name, summary;
  std::vector<NetworkOption> options;
  std::function<Graph(const NetworkOptions& options)> build;
  std::vector<Published> published;
  /// The options that the shapes of a checkpoint's tensors tell; absent where they tell none.
  std::function<std::map<std::string, std::string>(const std::map<std::string, Shape>& tensors)> options_from = {};
};

const std::vector<Network>& networks();
/// Throws Error(kUsage) naming the nearest network.
const Network& find_network(const std::string& name);
Graph build_network(const std::string& name, const std::map<std::string, std::string>& options = {});

}  // namespace lithe
