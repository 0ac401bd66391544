#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>

#include "cli/help.h"

namespace lithe::cli {
namespace {

ExitCode dispatch(Words arguments) {
  if (arguments.empty()) {
    std::cerr << overview();
    return kUsage;
  }
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  if (name == "--help" || name == "-h") name = "help";
  if (name == "--version") name = "version";
  const Command& command = find_command(name);
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  if (std::any_of(arguments.begin(), end, [](const std::string& a) { return a == "--help" || a == "-h"; })) {
    std::cout << help(with_task(command, arguments));
    return kDone;
  }
  try {
    return command.work(arguments);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kUsage) throw;
    throw Error(ErrorKind::kUsage,
                std::string(e.what()) + "; see `lithe " + with_task(command, arguments).name + " --help`");
  }
}

// Standard output is data: what did not arrive there is an error. A reader that has gone (`| head`) wants no message.
ExitCode flushed(ExitCode code) {
  errno = 0;
  std::cout.flush();
  if (std::cout && std::ferror(stdout) == 0) return code;
  if (errno == EPIPE) return kOutput;
  throw Error(ErrorKind::kOutput,
              std::string("standard output: cannot write: ") + (errno != 0 ? std::strerror(errno) : "closed or full"));
}

ExitCode failed(ExitCode code, const std::string& message) {
  std::cerr << "error: " << message << "\n";
  return code;
}

ExitCode run(const Words& arguments) try { return flushed(dispatch(arguments)); } catch (const Error& e) {
  return failed(exit_code(e.kind()), e.what());
} catch (const std::bad_alloc&) {
  return failed(kInternal, "out of memory");
} catch (const std::exception& e) {
  return failed(kInternal, std::string("internal: ") + e.what());
}

}  // namespace
}  // namespace lithe::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is then a failed write, which is reported
  return lithe::cli::run({argv + 1, argv + argc});
}
