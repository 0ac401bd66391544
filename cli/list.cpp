#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "pipelines/model/model.h"
#include "pipelines/networks/registry.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

struct ListOptions {
  std::string what;
  bool json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("what", what, "what to list", "networks|operators|presets|commands");
    f("json", json, "as JSON, with all details");
  }
};

Json networks_json() {
  Json rows = Json::array();
  for (const Network& network : networks()) {
    Json options = Json::array();
    for (const NetworkOption& option : network.options) {
      options.push_back({{"name", option.name}, {"default", option.value}, {"help", option.help}});
    }
    rows.push_back({{"name", network.name}, {"summary", network.summary}, {"options", options}});
  }
  return rows;
}

Json ports(const std::vector<Port>& list) {
  Json rows = Json::array();
  for (const Port& port : list) rows.push_back({{"name", port.name}, {"dims", port.dims}});
  return rows;
}

Json operators_json() {
  Json rows = Json::array();
  for (const std::string& name : op_names()) {
    const Op& op = find_op(name);
    Json attributes = Json::object();
    for (const auto& [key, value] : op.attributes()) attributes[key] = to_string(value);
    rows.push_back({{"name", name},
                    {"summary", op.summary()},
                    {"inputs", ports(op.inputs())},
                    {"outputs", ports(op.outputs())},
                    {"attributes", attributes},
                    {"gradients", op.gradients()}});
  }
  return rows;
}

Json presets_json() {
  Json rows = Json::array();
  for (const std::string& name : preprocessing_presets()) {
    const Preprocessing p = preprocessing_preset(name);
    rows.push_back(
        {{"name", name},
         {"summary", p.resize + " " + std::to_string(p.resize_to) + ", crop " + std::to_string(p.crop_height) + "x" +
                         std::to_string(p.crop_width) + ", " + p.channels},
         {"mean", p.mean},
         {"std", p.std}});
  }
  return rows;
}

Json commands_json() {
  Json rows = Json::array();
  for (const Command* command : commands()) {
    Json options = Json::array();
    for (const Option& option : command->options()) {
      options.push_back({{"name", option.shown()}, {"value", option.value}, {"help", option.help}});
    }
    rows.push_back({{"name", command->name}, {"summary", command->summary}, {"options", options}});
  }
  return rows;
}

void list(const ListOptions& o) {
  const Json rows = o.what == "networks"    ? networks_json()
                    : o.what == "operators" ? operators_json()
                    : o.what == "presets"   ? presets_json()
                                            : commands_json();
  if (o.json) {
    std::cout << rows.dump(2) << "\n";
    return;
  }
  size_t width = 0;
  for (const Json& row : rows) width = std::max(width, row["name"].get_ref<const std::string&>().size());
  for (const Json& row : rows) {
    std::string name = row["name"];
    name.resize(width, ' ');
    std::cout << name << "  " << row["summary"].get_ref<const std::string&>() << "\n";
  }
}

}  // namespace

extern const Command kList =
    command<ListOptions>("list", "list what there is: networks, operators, presets, commands", list,
                         {{"lithe list networks", "the names that --model and inspect take"},
                          {"lithe list networks --json | jq '.[].options'", "with the options of --set"},
                          {"lithe list operators", "what a network can be made of"}});

}  // namespace lithe::cli
