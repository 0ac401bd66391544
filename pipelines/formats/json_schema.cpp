#include "pipelines/formats/json_schema.h"

#include <algorithm>
#include <string_view>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

using nlohmann::json;

bool is_type(const json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

// Where a value stands, put into words only when there is something to say about it.
struct Place {
  const Place* above = nullptr;
  std::string_view name;
  size_t index = 0;

  std::string words() const {
    if (above == nullptr) return "";
    return above->words() + "/" + (name.empty() ? std::to_string(index) : std::string(name));
  }
};

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const Place& place) {
    for (const auto& [keyword, rule] : schema.items()) check_keyword(keyword, rule, schema, value, place);
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  void check_keyword(const std::string& keyword, const json& rule, const json& schema, const json& value,
                     const Place& place) {
    if (keyword == "$schema" || keyword == "$defs" || keyword == "title" || keyword == "description") {
    } else if (keyword == "$ref") {
      check(root_.at(json::json_pointer(rule.get_ref<const std::string&>().substr(1))), value, place);
    } else if (keyword == "oneOf") {
      one_of(rule, value, place);
    } else if (keyword == "const") {
      if (value != rule) report(place, "expected " + rule.dump() + ", found " + value.dump());
    } else if (keyword == "enum") {
      const bool any = std::find(rule.begin(), rule.end(), value) != rule.end();
      if (!any) report(place, "expected one of " + rule.dump() + ", found " + value.dump());
    } else if (keyword == "type") {
      const auto matches = [&](const json& type) { return is_type(value, type.get_ref<const std::string&>()); };
      const bool any = rule.is_array() ? std::any_of(rule.begin(), rule.end(), matches) : matches(rule);
      if (!any) report(place, "expected " + rule.dump() + ", found " + value.type_name());
    } else if (keyword == "minimum") {
      if (value.is_number() && value < rule) report(place, "must be at least " + rule.dump());
    } else if (keyword == "maximum") {
      if (value.is_number() && value > rule) report(place, "must be at most " + rule.dump());
    } else if (keyword == "minLength") {
      LITHE_CHECK(rule == 1);  // all that we ask, so that characters need not be counted
      if (value.is_string() && value.get_ref<const std::string&>().empty()) report(place, "must not be empty");
    } else if (keyword == "minItems") {
      if (value.is_array() && value.size() < rule) report(place, "needs " + rule.dump() + " items");
    } else if (keyword == "items") {
      for (size_t i = 0; value.is_array() && i < value.size(); ++i) check(rule, value[i], {&place, {}, i});
    } else if (value.is_object()) {
      check_members(keyword, rule, schema, value, place);
    }
  }

  void check_members(const std::string& keyword, const json& rule, const json& schema, const json& value,
                     const Place& place) {
    if (keyword == "required") {
      for (const json& key : rule) {
        const auto& name = key.get_ref<const std::string&>();
        if (!value.contains(name)) report({&place, name}, "is missing");
      }
    } else if (keyword == "properties") {
      for (const auto& [name, member] : rule.items()) {
        const auto found = value.find(name);
        if (found != value.end()) check(member, *found, {&place, name});
      }
    } else {
      LITHE_CHECK(keyword == "additionalProperties" && rule == false);
      const json& known = schema.at("properties");
      for (const auto& [name, member] : value.items()) {
        if (!known.contains(name)) report({&place, name}, "is unknown");
      }
    }
  }

  // The findings of the alternative that fits best: those of the others would only mislead.
  void one_of(const json& alternatives, const json& value, const Place& place) {
    std::vector<std::string> before = std::move(found_), best;
    for (size_t i = 0; i < alternatives.size(); ++i) {
      found_.clear();
      check(alternatives[i], value, place);
      if (i == 0 || found_.size() < best.size()) best = std::move(found_);
      if (best.empty()) break;
    }
    found_ = std::move(before);
    found_.insert(found_.end(), best.begin(), best.end());
  }

  void report(const Place& place, const std::string& what) {
    const std::string where = place.words();
    found_.push_back((where.empty() ? "/" : where) + ": " + what);
  }

  const json& root_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> schema_violations(const json& schema, const json& value) {
  Validator validator(schema);
  validator.check(schema, value, {});
  return validator.take();
}

}  // namespace lithe
