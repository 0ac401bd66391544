#pragma once
// Compiles one specialised kernel: a generator with all extents, strides and scalars fixed.

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "halide_generators/specialise.h"

namespace lithe {

struct CompileRequest {
  std::string spec;                 // kernel_spec.h
  std::map<std::string, int> tile;  // values of tunables; the others keep their usual one
  std::string instruction_set;      // "avx512", "avx2", "baseline", "neon"; of a graphics card "opencl", "cuda"
  std::string path;                 // of the shared object, whose function is kKernelSymbol
};

/// A program that compiling needs is missing.
struct NotInstalled : std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr const char* kKernelSymbol = "lithe_kernel";  // with Halide's suffixes _argv and _metadata

/// Writes the shared object. Throws std::exception if the spec is none, the schedule cannot do it, or the linker fails;
/// NotInstalled if there is no linker.
void compile(const CompileRequest& request);
/// What the schedule of this kernel would let be chosen.
std::vector<Tunable> tunables(const std::string& spec, const std::string& instruction_set);

}  // namespace lithe
