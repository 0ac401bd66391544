#pragma once
// SIGINT and SIGTERM: the first asks the job to finish its batch, the second ends the program at once.

#include "cli/exit_code.h"

namespace lithe::cli {

void catch_interrupts();
/// The signal that came, or 0.
int caught_interrupt();
/// How a program ends that the signal interrupted: 128 + the signal.
ExitCode interrupted();

}  // namespace lithe::cli
