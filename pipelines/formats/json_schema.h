#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lithe {

/// What is wrong with `value` by a JSON schema, one line per finding ("/top/0/index: expected integer, found string");
/// nothing if it holds. The schema's own keywords are those of draft 2020-12 that our schemas need; any other is a
/// broken invariant, not ignored.
std::vector<std::string> schema_violations(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace lithe
