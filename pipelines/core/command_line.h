#pragma once
// The command that repeats a run, made from the options as they are: recipes and configuration files are spelled out.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace lithe {

/// What follows an option's name on the command line, once for each time it is given; of a flag "". Nothing for an
/// empty text.
inline std::vector<std::string> arguments_of(bool flag) {
  return flag ? std::vector<std::string>{""} : std::vector<std::string>{};
}
inline std::vector<std::string> arguments_of(const std::string& text) {
  return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{text};
}
inline std::vector<std::string> arguments_of(const std::vector<std::string>& texts) { return texts; }
std::vector<std::string> arguments_of(const std::map<std::string, std::string>& texts);
std::vector<std::string> arguments_of(double number);  // the shortest text that reads as the same number
template <class T>
std::vector<std::string> arguments_of(T number) {
  return {std::to_string(number)};
}

/// Visits options as `lithe::cli` does, and keeps names and arguments.
struct OptionArguments {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  template <class T>
  void operator()(const char* name, const T& member, const char*, const char* = "") {
    all.emplace_back(name, arguments_of(member));
  }
  template <class T>
  void required(const char* name, const T& member, const char* help, const char* = "") {
    (*this)(name, member, help);
  }
};

/// " --name argument" for every option that differs from `usual`; arguments quoted for the shell where they need it.
std::string spelled(const OptionArguments& options, const OptionArguments& usual);

/// `program` and the options that are not at their defaults.
template <class Options>
std::string command_line(const std::string& program, Options options) {
  Options usual;
  OptionArguments given, defaults;
  options.visit(given);
  usual.visit(defaults);
  return program + spelled(given, defaults);
}

}  // namespace lithe
