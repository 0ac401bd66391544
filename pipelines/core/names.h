#pragma once

#include <string>
#include <vector>

namespace lithe {

/// ` (did you mean "X"?)` for the candidate nearest to a mistyped name, or nothing if none is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates);

/// What stands between blanks: of "N C H W" four words.
std::vector<std::string> words(const std::string& text);

}  // namespace lithe
