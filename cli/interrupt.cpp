#include "cli/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace lithe::cli {
namespace {

volatile std::sig_atomic_t caught = 0;

extern "C" void lithe_interrupted(int signal) {
  if (caught != 0) ::_exit(128 + signal);
  caught = signal;
  constexpr char kText[] = "\nstopping after this batch; again: stop at once\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText, sizeof kText - 1);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = lithe_interrupted;
  action.sa_flags = SA_RESTART;  // reads and writes of the batch go on
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int caught_interrupt() { return caught; }
ExitCode interrupted() { return static_cast<ExitCode>(128 + caught); }

}  // namespace lithe::cli
