#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>

#include "cli/options.h"
#include "pipelines/core/error.h"
#include "pipelines/core/names.h"

namespace po = boost::program_options;

namespace lithe::cli {
namespace {

// The name that Boost knows it by; nobody can type that of a positional argument.
std::string key(const Option& option) { return option.positional ? "<" + option.name + ">" : option.name; }

po::value_semantic* semantic(const Option& option) {
  if (option.repeated) return po::value<Words>()->composing();
  if (option.value.empty()) return po::bool_switch();
  return po::value<std::string>();
}

po::options_description described(const std::vector<Option>& options) {
  po::options_description description;
  for (const Option& option : options) description.add_options()(key(option).c_str(), semantic(option), "");
  return description;
}

po::variables_map parsed(const std::vector<Option>& options, const Words& arguments) {
  po::positional_options_description positions;
  for (const Option& option : options) {
    if (option.positional) positions.add(key(option).c_str(), option.repeated ? -1 : 1);
  }
  const po::options_description description = described(options);
  po::variables_map values;
  // Neither abbreviations, which a later option would make ambiguous, nor short options, which would swallow "-1".
  const int style = po::command_line_style::allow_long | po::command_line_style::long_allow_adjacent |
                    po::command_line_style::long_allow_next;
  po::store(po::command_line_parser(arguments).options(description).positional(positions).style(style).run(), values);
  return values;
}

// "-x" would pass for a positional argument; "-" and "-1" are ones.
void refuse_short_options(const Words& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.size() > 1 && argument[0] == '-' && std::isalpha(static_cast<unsigned char>(argument[1]))) {
      throw Error(ErrorKind::kUsage, "unknown option " + argument);
    }
  }
}

void check_choice(const Option& option, const std::string& given) {
  const Words choices = option.choices();
  if (choices.empty() || std::count(choices.begin(), choices.end(), given)) return;
  throw Error(ErrorKind::kUsage,
              option.shown() + ": expected " + option.value + ", got \"" + given + "\"" + did_you_mean(given, choices));
}

// Of two paths under one name the second would take the first one's place without a word.
void check_names(const Option& option, const Words& texts) {
  Words names;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      throw Error(ErrorKind::kUsage, option.shown() + ": expected NAME=PATH, got \"" + text + "\"");
    }
    names.push_back(text.substr(0, equals));
    if (std::count(names.begin(), names.end(), names.back()) == 1) continue;
    throw Error(ErrorKind::kUsage,
                option.shown() + " " + text + ": the name " + names.back() + " is taken already; give each its own");
  }
}

void assign(const Option& option, const po::variable_value& given) {
  if (option.value.empty()) {
    if (given.as<bool>()) option.assign({});
    return;
  }
  if (given.empty()) {
    if (!option.required) return;
    throw Error(ErrorKind::kUsage, option.shown() + " is missing: " + option.help);
  }
  const Words texts = option.repeated ? given.as<Words>() : Words{given.as<std::string>()};
  for (const std::string& text : texts) check_choice(option, text);
  if (option.value == "NAME=PATH") check_names(option, texts);
  option.assign(texts);
}

}  // namespace

void parse(const std::vector<Option>& options, const Words& arguments) try {
  refuse_short_options(arguments);
  const po::variables_map values = parsed(options, arguments);
  for (const Option& option : options) assign(option, values[key(option)]);
} catch (const po::unknown_option& e) {
  Words known;
  for (const Option& option : options) {
    if (!option.positional) known.push_back(option.shown());
  }
  const std::string name = e.get_option_name();
  throw Error(ErrorKind::kUsage, "unknown option " + name + did_you_mean(name, known));
} catch (const po::too_many_positional_options_error&) {
  throw Error(ErrorKind::kUsage, "too many arguments");
} catch (const po::error& e) {
  throw Error(ErrorKind::kUsage, e.what());
}

}  // namespace lithe::cli
