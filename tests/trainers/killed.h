#pragma once

#include "tests/cli/program.h"

namespace lithe::test {

/// Runs a command and kills it as soon as `condition`, a test of the shell, holds.
inline Outcome killed_when(const std::string& condition, const std::string& command) {
  return shell(command + " &\nuntil [ " + condition + " ] || ! kill -0 $! 2> /dev/null; do sleep 0.01; done\n" +
               "kill -KILL $!; wait $!");
}

}  // namespace lithe::test
