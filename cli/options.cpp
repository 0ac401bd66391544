#include "cli/options.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <sstream>

#include "pipelines/core/error.h"

namespace lithe::cli {
namespace {

template <class T>
void read_number(const std::string& where, const std::string& text, const char* expected, T& member) {
  const char* end = text.data() + text.size();
  const auto [last, status] = std::from_chars(text.data(), end, member);
  if (status != std::errc() || last != end) {
    throw Error(ErrorKind::kUsage, where + ": expected " + expected + ", got \"" + text + "\"");
  }
}

}  // namespace

std::string Option::shown() const {
  if (!positional) return "--" + name;
  std::string upper = name;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return upper;
}

Words Option::choices() const {
  Words words;
  std::istringstream parts(value);
  for (std::string word; std::getline(parts, word, '|');) {
    if (std::isupper(static_cast<unsigned char>(word[0]))) return {};
    words.push_back(word);
  }
  return words;
}

void at_least(int64_t least, const char* option, int64_t value) {
  if (value >= least) return;
  throw Error(ErrorKind::kUsage,
              std::string(option) + ": expected at least " + std::to_string(least) + ", got " + std::to_string(value));
}

void read(const std::string& where, const std::string& text, int& member) {
  read_number(where, text, "a whole number", member);
}
void read(const std::string& where, const std::string& text, int64_t& member) {
  read_number(where, text, "a whole number", member);
}
void read(const std::string& where, const std::string& text, uint64_t& member) {
  read_number(where, text, "a whole number from 0", member);
}
void read(const std::string& where, const std::string& text, double& member) {
  read_number(where, text, "a number", member);
  if (!std::isfinite(member)) throw Error(ErrorKind::kUsage, where + ": expected a finite number, got " + text);
}
void read(const std::string&, const std::string& text, std::string& member) { member = text; }
void read(const std::string&, const std::string& text, Words& member) { member.push_back(text); }
void read(const std::string& where, const std::string& text, std::map<std::string, std::string>& member) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorKind::kUsage, where + ": expected KEY=VALUE, got \"" + text + "\"");
  }
  member[text.substr(0, equals)] = text.substr(equals + 1);
}

Shown shown(const int& member) { return {"N", std::to_string(member), false}; }
Shown shown(const int64_t& member) { return {"N", std::to_string(member), false}; }
Shown shown(const uint64_t& member) { return {"N", std::to_string(member), false}; }
Shown shown(const double& member) {
  std::ostringstream text;
  text << member;
  return {"X", text.str(), false};
}
Shown shown(const std::string& member) { return {"TEXT", member, false}; }
Shown shown(const Words&) { return {"TEXT", "", true}; }
Shown shown(const std::map<std::string, std::string>&) { return {"KEY=VALUE", "", true}; }

}  // namespace lithe::cli
