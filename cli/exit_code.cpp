#include "cli/exit_code.h"

namespace lithe::cli {

const std::vector<ExitCodeRow>& exit_codes() {
  static const std::vector<ExitCodeRow> rows = {
      {kDone, "done", "Everything that was asked for was done."},
      {kInternal, "internal", "A defect of Lithe, or out of memory."},
      {kUsage, "usage", "A wrong option, name or configuration. Nothing was written."},
      {kSomeFailed, "some failed", "Finished, but some inputs failed; the results say which and why."},
      {kNothingUsable, "nothing usable", "The model cannot be read, or not one input was usable."},
      {kDiverged, "diverged", "Training produced NaN or infinity; the last good checkpoint is kept."},
      {kOutput, "output", "A result could not be written: full disk, missing permission, closed pipe."},
      {kCheck, "check", "A check found a difference or damage: `validate`, `data check`, `bench --fail-if-slower`."},
      {kInterrupted, "interrupted", "Ctrl-C (SIGINT). What was finished is written; the same command again continues."},
      {kTerminated, "terminated", "SIGTERM, otherwise as 130."},
  };
  return rows;
}

ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInternal:
      return kInternal;
    case ErrorKind::kUsage:
      return kUsage;
    case ErrorKind::kInput:
      return kNothingUsable;
    case ErrorKind::kDiverged:
      return kDiverged;
    case ErrorKind::kOutput:
      return kOutput;
    case ErrorKind::kCheck:
      return kCheck;
  }
  return kInternal;
}

std::string exit_code_page() {
  std::string page =
      "# Exit codes\n\nPrinted by `lithe help exit-codes`. An error is one message on standard error that starts with "
      "`error: `.\n\n| code | name | meaning |\n|---|---|---|\n";
  for (const ExitCodeRow& row : exit_codes()) {
    page += "| " + std::to_string(row.code) + " | " + row.name + " | " + row.meaning + " |\n";
  }
  return page;
}

}  // namespace lithe::cli
