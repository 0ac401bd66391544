#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/model_options.h"
#include "pipelines/graph/cost.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct InspectOptions {
  std::string model;
  std::map<std::string, std::string> set;
  int64_t input_size = 0;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("model", model, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("set", set, "option of the network");
    f("input-size", input_size, "count for square images of N pixels; 0: those of the network");
    f("json", json, "as JSON; madds is rule (a)");
  }
};

// What the papers say beside what we count; figures that need data, such as top-1, have no counterpart here.
struct Comparison {
  Published published;
  std::optional<double> ours;
};

std::optional<double> counted(const std::string& what, const Cost& cost) {
  if (what == "parameters") return cost.parameters;
  if (what == "MAdds (a)") return cost.madds.a();
  if (what == "MAdds (b)") return cost.madds.b();
  if (what == "MAdds (c)") return cost.madds.c();
  return {};
}

std::vector<Comparison> comparisons(const InspectOptions& o, const Cost& cost) {
  std::vector<Comparison> rows;
  for (const Network& network : networks()) {
    if (network.name != o.model || !o.set.empty() || o.input_size != 0) continue;  // they hold at the defaults
    for (const Published& published : network.published) rows.push_back({published, counted(published.what, cost)});
  }
  return rows;
}

Json as_json(const Graph& graph, const Cost& cost, const std::vector<Comparison>& published) {
  Json layers = Json::array();
  for (const LayerCost& layer : cost.layers) {
    layers.push_back({{"name", layer.name},
                      {"operator", layer.op},
                      {"output", layer.output},
                      {"parameters", layer.parameters},
                      {"madds", layer.madds.a()},
                      {"madds_b", layer.madds.b()},
                      {"madds_c", layer.madds.c()},
                      {"activation_bytes", layer.activation_bytes}});
  }
  Json beside = Json::array();
  for (const Comparison& row : published) {
    beside.push_back(
        {{"what", row.published.what}, {"published", row.published.value}, {"source", row.published.source}});
    if (row.ours) beside.back()["ours"] = *row.ours;
  }
  return {{"network", graph.name},     {"parameters", cost.parameters}, {"madds", cost.madds.a()},
          {"madds_b", cost.madds.b()}, {"madds_c", cost.madds.c()},     {"activation_bytes", cost.activation_bytes},
          {"input", cost.input},       {"published", beside},           {"layers", layers}};
}

void print_table(const Graph& graph, const Cost& cost, const std::vector<Comparison>& published) {
  size_t name = 4, op = 8;
  for (const LayerCost& layer : cost.layers) {
    name = std::max(name, layer.name.size()), op = std::max(op, layer.op.size());
  }
  const auto row = [&](const std::string& a, const std::string& b, const std::string& c, const std::string& d,
                       const std::string& e, const std::string& f) {
    std::printf("%-*s  %-*s  %14s  %11s  %14s  %11s\n", static_cast<int>(name), a.c_str(), static_cast<int>(op),
                b.c_str(), c.c_str(), d.c_str(), e.c_str(), f.c_str());
  };
  std::printf("%s, input %s\n\n", graph.name.c_str(), to_string(cost.input).c_str());
  row("node", "operator", "output", "parameters", "MAdds (c)", "bytes");
  for (const LayerCost& layer : cost.layers) {
    row(layer.name, layer.op, to_string(layer.output), grouped(layer.parameters), grouped(layer.madds.c()),
        grouped(layer.activation_bytes));
  }
  std::printf("\nparameters  %s\nactivations %s bytes, all kept\n", grouped(cost.parameters).c_str(),
              grouped(cost.activation_bytes).c_str());
  std::printf("MAdds (a)   %s  convolutions and linear layers\n", grouped(cost.madds.a()).c_str());
  std::printf("MAdds (b)   %s  and products of dynamic coefficients\n", grouped(cost.madds.b()).c_str());
  std::printf("MAdds (c)   %s  and additions of Shift-Max's pooling\n", grouped(cost.madds.c()).c_str());
  if (!published.empty()) std::printf("\n%-12s %14s %14s  %s\n", "", "published", "ours", "source");
  for (const Comparison& line : published) {
    std::printf("%-12s %14.10g %14s  %s\n", line.published.what.c_str(), line.published.value,
                line.ours ? grouped(static_cast<int64_t>(*line.ours)).c_str() : "-", line.published.source.c_str());
  }
}

void inspect(const InspectOptions& o) {
  at_least(0, "--input-size", o.input_size);
  const Graph graph = graph_of(o.model, o.set);
  const Cost cost = cost_of(graph, o.input_size);
  const std::vector<Comparison> published = comparisons(o, cost);
  if (o.json) {
    std::cout << as_json(graph, cost, published).dump(2) << "\n";
  } else {
    print_table(graph, cost, published);
  }
}

}  // namespace

extern const Command kInspect = command<InspectOptions>(
    "inspect", "print the layers of a network: shapes, parameters, MAdds, bytes", inspect,
    {{"lithe inspect micronet_m0", "the table and the published figures"},
     {"lithe inspect mobilenet_v2 --set width=0.5 --input-size 160", "another width and image size"},
     {"lithe inspect model.safetensors --json | jq .madds", "one number of a model file"}});

}  // namespace lithe::cli
