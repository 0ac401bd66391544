#pragma once
// Help as text, all of it made from the table of commands.

#include <string>

#include "cli/command.h"

namespace lithe::cli {

/// What `lithe --help` prints.
std::string overview();
/// What `lithe COMMAND --help` prints: examples first.
std::string help(const Command& command);
/// docs/commands.md.
std::string command_page();

}  // namespace lithe::cli
