#pragma once
// Compiles one specialised kernel: a generator with all extents, strides and scalars fixed.

#include <map>
#include <string>
#include <vector>

#include "halide_generators/specialise.h"

namespace lithe {

struct CompileRequest {
  std::string spec;                 // kernel_spec.h
  std::map<std::string, int> tile;  // values of tunables; the others keep their usual one
  std::string instruction_set;      // "avx512", "avx2", "baseline", "neon"
  std::string path;                 // of the shared object, whose function is kKernelSymbol
};

constexpr const char* kKernelSymbol = "lithe_kernel";  // with Halide's suffixes _argv and _metadata

/// Writes the shared object. Throws std::exception if the spec is none, the schedule cannot do it, or the linker fails.
void compile(const CompileRequest& request);
/// What the schedule of this kernel would let be chosen.
std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set);

}  // namespace lithe
