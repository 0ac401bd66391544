#include "trainers/report_network.h"

#include <algorithm>
#include <cctype>

#include "pipelines/graph/cost.h"

namespace lithe {
namespace {

std::string block_of(const std::string& name) {
  const size_t first = name.find('.');
  if (first == std::string::npos) return name;
  const size_t second = std::min(name.find('.', first + 1), name.size());
  const bool number = second > first + 1 && std::all_of(name.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                                                        name.begin() + static_cast<std::ptrdiff_t>(second),
                                                        [](unsigned char c) { return std::isdigit(c); });
  return name.substr(0, number ? second : first);
}

Html share(int64_t part, int64_t whole) {
  return bar(whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0);
}

}  // namespace

Html cost_section(const Graph& graph) {
  const Cost cost = cost_of(graph, 0);
  std::vector<LayerCost> blocks;  // `op`: how many layers
  std::vector<int64_t> layers;
  Table every{"Layers", {"layer", "operator", "output", "#parameters", "#MAdds", "#share of MAdds"}, {}};
  for (const LayerCost& layer : cost.layers) {
    const std::string block = block_of(layer.name);
    if (blocks.empty() || blocks.back().name != block) {
      blocks.push_back({block, "", {}, 0, {}, 0});
      layers.push_back(0);
    }
    blocks.back().output = layer.output, blocks.back().parameters += layer.parameters;
    blocks.back().madds += layer.madds;
    ++layers.back();
    every.rows.push_back({layer.name, layer.op, to_string(layer.output), grouped(layer.parameters),
                          grouped(layer.madds.b()), share(layer.madds.b(), cost.madds.b())});
  }
  Table table{"Blocks", {"block", "#layers", "output", "#parameters", "#MAdds", "#share of MAdds"}, {}};
  for (size_t i = 0; i < blocks.size(); ++i) {
    const LayerCost& b = blocks[i];
    table.rows.push_back({b.name, std::to_string(layers[i]), to_string(b.output), grouped(b.parameters),
                          grouped(b.madds.b()), share(b.madds.b(), cost.madds.b())});
  }
  Html html = tag("p", "For one image of ", to_string(cost.input), ": ", grouped(cost.parameters), " parameters, ",
                  grouped(cost.madds.b()), " multiply-adds of convolutions, linear layers and dynamic coefficients.");
  html += html_of(table);
  html += tag("details", tag("summary", "Every layer"), html_of(every));
  return section("cost", "Cost", html);
}

}  // namespace lithe
