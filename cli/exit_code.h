#pragma once
// The exit codes of the program, stated once; docs/exit_codes.md is generated from the table.

#include <string>
#include <vector>

#include "pipelines/core/error.h"

namespace lithe::cli {

enum ExitCode : int {
  kDone = 0,
  kInternal = 1,
  kUsage = 2,
  kSomeFailed = 3,
  kNothingUsable = 4,
  kDiverged = 5,
  kOutput = 6,
  kCheck = 7,
  kInterrupted = 130,
  kTerminated = 143,
};

struct ExitCodeRow {
  ExitCode code;
  const char *name, *meaning;
};
const std::vector<ExitCodeRow>& exit_codes();
ExitCode exit_code(ErrorKind kind);
/// docs/exit_codes.md.
std::string exit_code_page();

}  // namespace lithe::cli
