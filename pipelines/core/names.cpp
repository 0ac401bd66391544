#include "pipelines/core/names.h"

#include <algorithm>
#include <numeric>

namespace lithe {
namespace {

// Levenshtein's edit distance.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(const std::string& name, const std::vector<std::string>& candidates) {
  size_t best = name.size() / 3 + 2;  // farther than this is another word, not a typing error
  std::string nearest;
  for (const std::string& candidate : candidates) {
    const size_t d = distance(name, candidate);
    if (d < best) best = d, nearest = candidate;
  }
  return nearest.empty() ? "" : " (did you mean \"" + nearest + "\"?)";
}

std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> result;  // without a stream: plans and training steps split a lot of words
  for (size_t begin = text.find_first_not_of(' '); begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    result.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(' ', end);
  }
  return result;
}

}  // namespace lithe
