#include "cli/model_options.h"

#include <algorithm>

namespace lithe::cli {

Graph graph_of(const std::string& model, const std::map<std::string, std::string>& set) {
  const auto& table = networks();
  const bool known = std::any_of(table.begin(), table.end(), [&](const Network& n) { return n.name == model; });
  if (known) return build_network(model, set);
  ModelRequest request;
  request.model = model;
  request.options = set;
  return load_model(request).graph;
}

}  // namespace lithe::cli
