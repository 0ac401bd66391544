#pragma once
// `lithe adapt TASK`: every task is a command of its own, with its own options.

#include "cli/command.h"

namespace lithe::cli {

/// The command `name` whose first argument says which of `tasks` does the work. Its options are theirs: what not all of
/// them have alike is marked with the task's name.
Command command_of_tasks(const char* name, const char* summary, const std::vector<Command>& tasks);

/// The tasks of `lithe adapt`.
Command adapt_drt();
Command adapt_covnorm();

}  // namespace lithe::cli
