#include <iostream>

#include "cli/help.h"

namespace lithe::cli {
namespace {

struct HelpOptions {
  std::optional<std::string> topic;
  bool markdown = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("topic", topic, "a command, or exit-codes", "COMMAND|exit-codes");
    f("markdown", markdown, "the reference page of all commands, as kept in docs/commands.md");
  }
};

void print_help(const HelpOptions& o) {
  if (o.markdown) {
    std::cout << command_page();
  } else if (!o.topic) {
    std::cout << overview();
  } else if (*o.topic == "exit-codes") {
    std::cout << exit_code_page();
  } else {
    std::cout << help(find_command(*o.topic));
  }
}

}  // namespace

extern const Command kHelp = command<HelpOptions>("help", "explain a command", print_help,
                                                  {{"lithe help", "all commands"},
                                                   {"lithe help classify", "one command"},
                                                   {"lithe help exit-codes", "what the exit codes mean"}});

}  // namespace lithe::cli
