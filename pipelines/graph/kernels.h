#pragma once
// The registry of compiled Halide kernels. Kernels register themselves before main(); Halide's runtime is set up here:
// TBB as its threads, errors as lithe::Error, and the choice of instruction set.

#include <functional>
#include <string>
#include <vector>

#include "pipelines/graph/device.h"

struct halide_filter_metadata_t;

namespace lithe {

struct CompiledKernel {
  std::string name;
  int (*call)(void** arguments) = nullptr;
  const halide_filter_metadata_t* metadata = nullptr;
};

/// Throws an internal Error if no kernel of that name was compiled in for the device.
const CompiledKernel& find_kernel(const std::string& name, Device device = Device::kCpu);
bool has_kernel(const std::string& name, Device device);
std::vector<std::string> kernel_names(Device device = Device::kCpu);

/// The name of an argument as its generator wrote it: Halide numbers names ("y$2") when it compiles for several
/// targets.
std::string argument_name(const char* name);

/// Calls a kernel. A Halide error becomes an Error that starts with `where`.
void call_kernel(const CompiledKernel& kernel, void** arguments, const std::string& where);

/// Calls Halide's runtime, which answers with a code that is 0 where all went well: the message of its error, or
/// nothing.
std::string halide_message(const std::function<int()>& call);

/// What the kernels run with on this processor: "avx512", "avx2", "baseline"; "neon" on aarch64. The environment
/// variable LITHE_INSTRUCTION_SET names a lower one to use instead (read once).
std::string instruction_set();

}  // namespace lithe
