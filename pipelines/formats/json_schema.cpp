#include "pipelines/formats/json_schema.h"

#include <set>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

using nlohmann::json;

bool is_type(const json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  std::vector<std::string> check(const json& schema, const json& value, const std::string& where) const {
    std::vector<std::string> found;
    for (const auto& [keyword, rule] : schema.items()) {
      for (std::string& violation : keyword_violations(keyword, rule, schema, value, where)) {
        found.push_back(std::move(violation));
      }
    }
    return found;
  }

 private:
  std::vector<std::string> keyword_violations(const std::string& keyword, const json& rule, const json& schema,
                                              const json& value, const std::string& where) const {
    const auto expect = [&](bool holds, const std::string& what) {
      return holds ? std::vector<std::string>{} : std::vector<std::string>{(where.empty() ? "/" : where) + ": " + what};
    };
    if (keyword == "$schema" || keyword == "$defs" || keyword == "title" || keyword == "description") return {};
    if (keyword == "$ref") return check(root_.at(json::json_pointer(rule.get<std::string>().substr(1))), value, where);
    if (keyword == "oneOf") return one_of(rule, value, where);
    if (keyword == "const") return expect(value == rule, "expected " + rule.dump() + ", found " + value.dump());
    if (keyword == "enum") {
      return expect(std::find(rule.begin(), rule.end(), value) != rule.end(),
                    "expected one of " + rule.dump() + ", found " + value.dump());
    }
    if (keyword == "type") {
      bool any = false;
      for (const json& type : rule.is_array() ? rule : json::array({rule})) any |= is_type(value, type);
      return expect(any, "expected " + rule.dump() + ", found " + value.type_name());
    }
    if (keyword == "minimum") return expect(!value.is_number() || value >= rule, "must be at least " + rule.dump());
    if (keyword == "maximum") return expect(!value.is_number() || value <= rule, "must be at most " + rule.dump());
    if (keyword == "minLength") {  // 1 is all that we ask, so that characters need not be counted
      LITHE_CHECK(rule == 1);
      return expect(!value.is_string() || !value.get_ref<const std::string&>().empty(), "must not be empty");
    }
    if (keyword == "minItems")
      return expect(!value.is_array() || value.size() >= rule, "needs " + rule.dump() + " items");
    if (keyword == "items") return value.is_array() ? items(rule, value, where) : std::vector<std::string>{};
    if (keyword == "required") return value.is_object() ? required(rule, value, where) : std::vector<std::string>{};
    if (keyword == "properties") return value.is_object() ? properties(rule, value, where) : std::vector<std::string>{};
    LITHE_CHECK(keyword == "additionalProperties" && rule == false);
    return value.is_object() ? unknown_keys(schema.at("properties"), value, where) : std::vector<std::string>{};
  }

  // The findings of the alternative that fits best: those of the others would only mislead.
  std::vector<std::string> one_of(const json& alternatives, const json& value, const std::string& where) const {
    std::vector<std::string> best;
    bool first = true;
    for (const json& alternative : alternatives) {
      std::vector<std::string> found = check(alternative, value, where);
      if (first || found.size() < best.size()) best = std::move(found);
      first = false;
    }
    return best;
  }

  std::vector<std::string> items(const json& rule, const json& value, const std::string& where) const {
    std::vector<std::string> found;
    for (size_t i = 0; i < value.size(); ++i) append(check(rule, value[i], where + "/" + std::to_string(i)), &found);
    return found;
  }

  std::vector<std::string> required(const json& keys, const json& value, const std::string& where) const {
    std::vector<std::string> found;
    for (const json& key : keys) {
      if (!value.contains(key)) found.push_back(where + "/" + key.get<std::string>() + ": is missing");
    }
    return found;
  }

  std::vector<std::string> properties(const json& rules, const json& value, const std::string& where) const {
    std::vector<std::string> found;
    for (const auto& [key, rule] : rules.items()) {
      if (value.contains(key)) append(check(rule, value[key], where + "/" + key), &found);
    }
    return found;
  }

  std::vector<std::string> unknown_keys(const json& known, const json& value, const std::string& where) const {
    std::vector<std::string> found;
    for (const auto& [key, unused] : value.items()) {
      if (!known.contains(key)) found.push_back(where + "/" + key + ": is unknown");
    }
    return found;
  }

  static void append(std::vector<std::string> more, std::vector<std::string>* found) {
    for (std::string& violation : more) found->push_back(std::move(violation));
  }

  const json& root_;
};

}  // namespace

std::vector<std::string> schema_violations(const json& schema, const json& value) {
  return Validator(schema).check(schema, value, "");
}

}  // namespace lithe
