#pragma once
// SIGINT and SIGTERM: the first asks the job to finish its batch, the second ends the program at once.

namespace lithe::cli {

void catch_interrupts();
/// The signal that came, or 0.
int caught_interrupt();

}  // namespace lithe::cli
