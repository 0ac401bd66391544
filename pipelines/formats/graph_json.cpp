#include "pipelines/formats/graph_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "pipelines/formats/graph_limits.h"
#include "pipelines/formats/text.h"

namespace lithe {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

Json to_json(double number) {
  if (std::isfinite(number)) return number;
  return number > 0 ? "inf" : "-inf";
}

Json to_json(const Attribute& attribute) {
  return std::visit(
      [](const auto& value) -> Json {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, double>) return to_json(value);
        if constexpr (std::is_same_v<T, std::vector<double>>) {
          Json list = Json::array();
          for (const double number : value) list.push_back(to_json(number));
          return list;
        }
        return value;
      },
      attribute);
}

Json to_json(const Graph& graph, const Node& node) {
  Json inputs = Json::array(), attributes = Json::object();
  for (const ValueId id : node.inputs) inputs.push_back(id == kNoValue ? Json() : Json(graph.value(id).name));
  for (const auto& [name, value] : node.attributes) attributes[name] = to_json(value);
  return {{"op", node.op->name()}, {"name", node.name}, {"inputs", inputs}, {"attributes", attributes}};
}

// Reads a graph, member by member, saying where it stands when something does not fit.
class Reader {
 public:
  Reader(const Json& json, std::string where) : json_(json), where_(std::move(where)), builder_(text(json, "name")) {}

  Graph read() {
    for (const Json& input : list(json_, "inputs")) {
      const std::string name = text(input, "name");
      define(name, builder_.input(name, shape(input, limits::kImageExtent, limits::kImageElements)));
    }
    for (const Json& state : list(json_, "state")) {
      const std::string name = text(state, "name");
      const Shape extents = shape(state, limits::kValueElements, limits::kValueElements);
      const bool statistic = member(state, "statistic", Json::value_t::boolean).get<bool>();
      define(name, statistic ? builder_.statistic(name, extents, {}) : builder_.parameter(name, extents, {}));
    }
    for (const Json& node : list(json_, "nodes")) read_node(node);
    const Json& outputs = list(json_, "outputs");
    if (list(json_, "inputs").empty() || outputs.empty()) fail("expected at least one input and one output");
    for (const Json& output : outputs) builder_.output(value(output));
    return builder_.finish();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error(where_ + ": " + what); }

  const Json& member(const Json& object, const char* name, Json::value_t type) const {
    if (!object.is_object() || !object.contains(name) || object[name].type() != type) {
      fail(std::string("expected a member \"") + name + "\" of type " + Json(type).type_name() +
           "; is the file damaged?");
    }
    return object[name];
  }
  const Json& list(const Json& object, const char* name) const { return member(object, name, Json::value_t::array); }
  std::string text(const Json& object, const char* name) const {
    return member(object, name, Json::value_t::string).get<std::string>();
  }

  int64_t integer(const Json& number, int64_t least, int64_t most) const {
    const bool fits =
        number.is_number_integer() && (!number.is_number_unsigned() || number.get<uint64_t>() <= INT64_MAX);
    if (!fits || number.get<int64_t>() < least || number.get<int64_t>() > most) {
      fail("expected an integer from " + std::to_string(least) + " to " + std::to_string(most) + ", got " +
           printable(number.dump()));
    }
    return number.get<int64_t>();
  }

  double real(const Json& number) const {
    if (number.is_number()) return number.get<double>();
    if (number == "inf") return HUGE_VAL;
    if (number == "-inf") return -HUGE_VAL;
    fail("expected a number, got " + printable(number.dump()));
  }

  Shape shape(const Json& object, int64_t largest_extent, int64_t most_elements) const {
    Shape result;
    for (const Json& extent : list(object, "shape")) result.push_back(integer(extent, 1, largest_extent));
    if (result.empty() || result.size() > 8 || elements(result) > most_elements) {
      fail("the shape of " + printable(text(object, "name")) + " is out of range");
    }
    return result;
  }

  Attribute attribute(const Json& json, const Attribute& like) const {
    const auto each = [&](auto convert) {
      if (!json.is_array()) fail("expected a list, got " + printable(json.dump()));
      std::vector<decltype(convert(json))> values;
      for (const Json& element : json) values.push_back(convert(element));
      return values;
    };
    const auto whole = [&](const Json& number) { return integer(number, -limits::kAttribute, limits::kAttribute); };
    const auto number = [&](const Json& value) { return real(value); };
    if (std::holds_alternative<int64_t>(like)) return whole(json);
    if (std::holds_alternative<double>(like)) return number(json);
    if (std::holds_alternative<std::vector<int64_t>>(like)) return each(whole);
    if (std::holds_alternative<std::vector<double>>(like)) return each(number);
    if (!json.is_string()) fail("expected a text, got " + printable(json.dump()));
    return json.get<std::string>();
  }

  void read_node(const Json& node) {
    const std::string name = text(node, "name"), op = text(node, "op");
    const std::map<std::string, Attribute>& known = find_op(op).attributes();
    Attributes attributes;
    for (const auto& [key, json] : member(node, "attributes", Json::value_t::object).items()) {
      const auto like = known.find(key);
      attributes[key] = like == known.end() ? Attribute{} : attribute(json, like->second);  // the contract refuses it
    }
    std::vector<ValueId> inputs;
    for (const Json& input : list(node, "inputs")) inputs.push_back(input.is_null() ? kNoValue : value(input));
    try {
      define(name, builder_.op(op, name, inputs, attributes));
    } catch (const Error& error) {
      fail(error.what());
    }
    if (elements(builder_.shape(ids_.at(name))) > limits::kValueElements) fail(printable(name) + " is out of range");
  }

  void define(const std::string& name, ValueId id) {
    if (!ids_.emplace(name, id).second) fail("the value " + printable(name) + " is defined twice");
  }
  ValueId value(const Json& name) const {
    const auto it = name.is_string() ? ids_.find(name.get<std::string>()) : ids_.end();
    if (it == ids_.end()) fail("no earlier value " + printable(name.dump()));
    return it->second;
  }

  const Json& json_;
  std::string where_;
  GraphBuilder builder_;
  std::map<std::string, ValueId> ids_;
};

}  // namespace

std::string graph_to_json(const Graph& graph) {
  Json inputs = Json::array(), state = Json::array(), nodes = Json::array(), outputs = Json::array();
  for (const ValueId id : graph.inputs) {
    inputs.push_back({{"name", graph.value(id).name}, {"shape", graph.value(id).shape}});
  }
  for (const ValueId id : graph.state()) {
    const Value& value = graph.value(id);
    state.push_back({{"name", value.name}, {"shape", value.shape}, {"statistic", value.kind == ValueKind::kStatistic}});
  }
  for (const Node& node : graph.nodes) nodes.push_back(to_json(graph, node));
  for (const ValueId id : graph.outputs) outputs.push_back(graph.value(id).name);
  return Json{{"version", kVersion}, {"name", graph.name}, {"inputs", inputs},
              {"state", state},      {"nodes", nodes},     {"outputs", outputs}}
      .dump();
}

Graph graph_from_json(std::string_view text, const std::string& where) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("version", Json()) != kVersion) {
    throw Error(where + ": expected a graph of version " + std::to_string(kVersion) +
                "; was the file written by a newer Lithe?");
  }
  return Reader(json, where).read();
}

}  // namespace lithe
