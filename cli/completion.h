#pragma once
// Completion scripts of three shells, made from the table of commands.

#include <string>

namespace lithe::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace lithe::cli
