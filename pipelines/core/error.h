#pragma once
// Errors of Lithe. Wrong input throws `Error`; a broken invariant of the program is `LITHE_CHECK`.

#include <stdexcept>
#include <string>

namespace lithe {

/// What an error means to whoever called: the command line turns it into its exit code (docs/exit_codes.md).
enum class ErrorKind {
  kInternal,  // a broken invariant: a defect of Lithe
  kUsage,     // a wrong option, name or configuration; nothing was written
  kInput,     // a file, model or tensor that cannot be used
  kDiverged,  // training produced NaN or infinity
  kOutput,    // a result could not be written
  kCheck,     // a check found a difference
};

/// The message says where, what was expected, what came and what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  explicit Error(const std::string& message) : Error(ErrorKind::kInput, message) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

/// A wrong option, unless the condition holds.
inline void check_usage(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorKind::kUsage, message);
}

[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace lithe

#define LITHE_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::lithe::check_failed(__FILE__, __LINE__, #condition))
