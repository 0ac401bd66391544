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
  throw std::invalid_argument("instruction set: expected one of this build's, got \"" + instruction_set + "\"");
}

Halide::Module build(const std::string& spec, const std::map<std::string, int>& tile, const Halide::Target& target) {
  Specialisation& s = specialisation();
  s = {KernelSpec::parse(spec), tile, {}};
  auto generator = Halide::Internal::GeneratorRegistry::create(s.call->kernel, Halide::GeneratorContext(target));
  return generator->build_module(kKernelSymbol);
}

// Removes itself.
struct TemporaryFile {
  std::string path;
  ~TemporaryFile() { unlink(path.c_str()); }
};

void run(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (const int failed = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ)) {
    throw std::runtime_error("cannot start " + words[0] + " (package binutils): " + std::strerror(failed));
  }
  if (waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error(words[0] + " failed");
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const NamedTarget& t : kTargets) names.emplace_back(t.name);
  return names;
}

void compile(const CompileRequest& request) {
  const Halide::Module module = build(request.spec, request.tile, target_of(request.instruction_set));
  const TemporaryFile object{request.path + ".o"};
  module.compile({{Halide::OutputFileType::object, object.path}});
  // One page-aligned segment less, and no symbols but the exported ones: kernels are many and small.
  run({"ld", "-shared", "-s", "-z", "noseparate-code", "--build-id=none", "-o", request.path, object.path});
}

std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set) {
  build(spec, {}, target_of(instruction_set));
  return specialisation().tunables;
}

}  // namespace lithe
