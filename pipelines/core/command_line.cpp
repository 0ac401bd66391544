#include "pipelines/core/command_line.h"

#include <array>
#include <charconv>

#include "pipelines/core/error.h"

namespace lithe {
namespace {

std::string quoted(const std::string& text) {
  constexpr const char* kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::vector<std::string> arguments_of(const std::map<std::string, std::string>& texts) {
  std::vector<std::string> all;
  all.reserve(texts.size());
  for (const auto& [key, value] : texts) all.emplace_back(key).append("=").append(value);
  return all;
}

std::vector<std::string> arguments_of(double number) {
  std::array<char, 32> text;
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), number);
  LITHE_CHECK(failure == std::errc());
  return {std::string(text.data(), end)};
}

std::string spelled(const OptionArguments& options, const OptionArguments& usual) {
  std::string line;
  for (size_t i = 0; i < options.all.size(); ++i) {
    const auto& [name, arguments] = options.all[i];
    if (arguments == usual.all.at(i).second) continue;
    for (const std::string& argument : arguments) {
      line += " --" + name + (argument.empty() ? "" : " " + quoted(argument));
    }
  }
  return line;
}

}  // namespace lithe
