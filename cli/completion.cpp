#include "cli/completion.h"

#include <sstream>

#include "cli/command.h"
#include "pipelines/networks/registry.h"

namespace lithe::cli {
namespace {

// What can complete the value of an option.
struct Candidates {
  std::string words;  // separated by blanks
  bool files = false, folders = false;
};

Candidates candidates(const Option& option) {
  Candidates result;
  std::istringstream kinds(option.value);
  for (std::string kind; std::getline(kinds, kind, '|');) {
    if (kind == "FILE") result.files = true;
    if (kind == "DIR") result.folders = true;
    if (kind == "NETWORK") {
      for (const Network& network : networks()) result.words += network.name + " ";
    }
    if (kind == "COMMAND") {
      for (const Command* command : commands()) result.words += command->name + " ";
    }
  }
  for (const std::string& choice : option.choices()) result.words += choice + " ";
  return result;
}

std::string command_names() {
  std::string names;
  for (const Command* command : commands()) names += command->name + " ";
  return names;
}

// 'text' for a shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string bash_reply(const Option& option) {
  const Candidates c = candidates(option);
  std::string reply = "COMPREPLY=( $(compgen -W " + quoted(c.words) + " -- \"$word\")";
  if (c.files) reply += " $(compgen -f -- \"$word\")";
  if (c.folders && !c.files) reply += " $(compgen -d -- \"$word\")";
  return reply + " )";
}

}  // namespace

std::string bash_completion() {
  std::string script =
      "# bash completion of lithe: source <(lithe completion bash)\n"
      "_lithe() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    COMPREPLY=( $(compgen -W " +
      quoted(command_names()) +
      " -- \"$word\") )\n    return\n  fi\n"
      "  case \"${COMP_WORDS[1]} $before\" in\n";
  std::string words;
  for (const Command* command : commands()) {
    std::string names, positional;
    for (const Option& option : command->options()) {
      if (option.positional) {
        positional = bash_reply(option);
        continue;
      }
      names += option.shown() + " ";
      if (option.value.empty()) continue;
      script += "    " + quoted(command->name + " " + option.shown()) + ") " + bash_reply(option) + "; return ;;\n";
    }
    words += "    " + command->name + ")\n      if [[ $word == -* ]]; then COMPREPLY=( $(compgen -W " + quoted(names) +
             " -- \"$word\") )\n";
    if (!positional.empty()) words += "      else " + positional + "\n";
    words += "      fi ;;\n";
  }
  return script + "  esac\n  case ${COMP_WORDS[1]} in\n" + words +
         "  esac\n}\ncomplete -o filenames -o bashdefault -F _lithe lithe\n";
}

std::string fish_completion() {
  std::string script = "# fish completion of lithe: lithe completion fish | source\ncomplete -c lithe -f\n";
  for (const Command* command : commands()) {
    script +=
        "complete -c lithe -n __fish_use_subcommand -a " + command->name + " -d " + quoted(command->summary) + "\n";
    for (const Option& option : command->options()) {
      const Candidates c = candidates(option);
      script += "complete -c lithe -n '__fish_seen_subcommand_from " + command->name + "'";
      if (!option.positional) script += " -l " + option.name + " -d " + quoted(option.help);
      if (!option.positional && !option.value.empty()) script += c.files || c.folders ? " -r" : " -x";
      if (c.files || c.folders) script += " -F";
      if (!c.words.empty()) script += " -a " + quoted(c.words);
      script += "\n";
    }
  }
  return script;
}

std::string zsh_completion() {
  std::string script =
      "#compdef lithe\n# zsh completion of lithe: source <(lithe completion zsh), after compinit\n_lithe() {\n"
      "  if (( CURRENT == 2 )); then compadd -- " +
      command_names() +
      "; return; fi\n"
      "  case \"$words[2] $words[CURRENT-1]\" in\n";
  std::string rest;
  const auto offer = [](const Option& option) {
    const Candidates c = candidates(option);
    std::string actions;
    if (!c.words.empty()) actions += "compadd -- " + c.words + "; ";
    if (c.files) actions += "_files; ";
    if (c.folders && !c.files) actions += "_files -/; ";
    return actions;
  };
  for (const Command* command : commands()) {
    std::string names, positional;
    for (const Option& option : command->options()) {
      if (option.positional) {
        positional = offer(option);
        continue;
      }
      names += option.shown() + " ";
      if (!option.value.empty()) {
        script += "    " + quoted(command->name + " " + option.shown()) + ") " + offer(option) + "return ;;\n";
      }
    }
    rest += "    " + command->name + ") if [[ $words[CURRENT] == -* ]]; then compadd -- " + names + "; " +
            (positional.empty() ? "" : "else " + positional) + "fi ;;\n";
  }
  return script + "  esac\n  case $words[2] in\n" + rest + "  esac\n}\ncompdef _lithe lithe\n";
}

}  // namespace lithe::cli
