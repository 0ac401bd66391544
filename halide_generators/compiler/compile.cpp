#include "halide_generators/compiler/compile.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

extern char** environ;  // for posix_spawnp; POSIX leaves its declaration to the program

namespace lithe {
namespace {

struct NamedTarget {
  const char *name, *target;
};
constexpr NamedTarget kTargets[] = {LITHE_NAMED_TARGETS};  // from CMake: {"avx512", "x86-64-linux-..."}, ...

Halide::Target target_of(const std::string& instruction_set) {
  for (const NamedTarget& t : kTargets) {
    if (instruction_set == t.name) return Halide::Target(std::string(t.target) + "-no_runtime");
  }
  throw std::invalid_argument("instruction set: unknown to this kernel compiler: \"" + instruction_set + "\"");
}

struct Linker {
  std::string program, package;
};

// Debian has one per architecture.
Linker linker_for(const Halide::Target& target) {
  if (target.arch == Halide::get_host_target().arch) return {"ld", "binutils"};
  if (target.arch == Halide::Target::ARM) return {"aarch64-linux-gnu-ld", "binutils-aarch64-linux-gnu"};
  return {"x86_64-linux-gnu-ld", "binutils-x86-64-linux-gnu"};
}

Halide::Module build(const std::string& spec, const std::map<std::string, int>& tile, const Halide::Target& target) {
  Specialisation& s = specialisation();
  s = {KernelSpec::parse(spec), tile, {}};
  const std::string kernel = s.call->kernel.substr(s.call->kernel.find(':') + 1);  // a device stands before it
  auto generator = Halide::Internal::GeneratorRegistry::create(kernel, Halide::GeneratorContext(target));
  return generator->build_module(kKernelSymbol);
}

// Removes itself.
struct TemporaryFile {
  std::string path;
  ~TemporaryFile() { unlink(path.c_str()); }
};

void link(const Linker& linker, const std::vector<std::string>& words) {
  std::vector<char*> arguments = {const_cast<char*>(linker.program.c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (const int failed = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ)) {
    throw NotInstalled("cannot start " + linker.program + " (Debian package " + linker.package +
                       "): " + std::strerror(failed));
  }
  if (waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error(linker.program + " failed");
}

}  // namespace

void compile(const CompileRequest& request) {
  const Halide::Target target = target_of(request.instruction_set);
  const Halide::Module module = build(request.spec, request.tile, target);
  const TemporaryFile object{request.path + ".o"};
  module.compile({{Halide::OutputFileType::object, object.path}});
  // One page-aligned segment less, and no symbols but the exported ones: kernels are many and small.
  link(linker_for(target),
       {"-shared", "-s", "-z", "noseparate-code", "--build-id=none", "-o", request.path, object.path});
}

std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set) {
  build(spec, {}, target_of(instruction_set));
  return specialisation().tunables;
}

}  // namespace lithe
