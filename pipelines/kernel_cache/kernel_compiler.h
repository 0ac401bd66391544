#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "pipelines/kernel_cache/record.h"

namespace lithe {

/// A choice of a schedule: it changes the speed of a kernel and never its bits.
struct Tunable {
  std::string name;
  int usual = 0;
  std::vector<int> values;
};

class KernelCompiler {
 public:
  virtual ~KernelCompiler() = default;
  /// What the schedule of this kernel lets be chosen. Throws Error with the compiler's reason.
  virtual std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set) = 0;
  /// Writes a shared object to `path`. Throws Error with the compiler's reason.
  virtual void compile(const std::string& spec, const KernelTile& tile, const std::string& instruction_set,
                       const std::string& path) = 0;
};

/// lithe-kernelc as a child process, started at the first request and again if it died. Looked for in $LITHE_KERNELC,
/// beside the program, beside the library and in the path.
class CompilerProcess final : public KernelCompiler {
 public:
  /// Throws Error(kUsage) naming what to install if there is none.
  CompilerProcess();
  ~CompilerProcess() override;
  CompilerProcess(const CompilerProcess&) = delete;

  std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set) override;
  void compile(const std::string& spec, const KernelTile& tile, const std::string& instruction_set,
               const std::string& path) override;

 private:
  std::string answer(const std::string& request);
  void start();
  int stop();  // the child's wait status
  [[noreturn]] void died();

  std::string program_;
  pid_t child_ = -1;
  int requests_ = -1, answers_ = -1;
  std::string unread_;
};

}  // namespace lithe
