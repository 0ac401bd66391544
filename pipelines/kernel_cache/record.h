#pragma once
// What is known about one compiled kernel: a line of the cache's journal (docs/tuning.md).

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace lithe {

/// Raised whenever kernels that were compiled before must not be called any more: the meaning of a spec changes, or the
/// signature of kernels, or the functions of the runtime that they call.
constexpr int kKernelAbi = 1;

/// The device of kernels that were compiled for another machine and measured nowhere: any with their instruction set.
constexpr char kAnyDevice[] = "any";

/// What kernels are compiled for, and where they run.
struct KernelTarget {
  std::string instruction_set;  // "avx512"; of a graphics card, how it is reached: "opencl", "cuda"
  std::string device;  // its fingerprint: device_fingerprint(), or what the card's driver says of it; kAnyDevice
};
/// The target of a call with this spec. Throws Error with the reason if there is no such device here.
using TargetOf = std::function<KernelTarget(const std::string& spec)>;

/// What a compiled kernel fits: it is used only where all of this is equal, or made for any device.
struct KernelIdentity {
  std::string instruction_set, device;  // as of KernelTarget
  std::string halide;                   // version of the compiler
  int abi = kKernelAbi;
  std::string generator;  // hash of the sources of the kernel's generator

  /// Why a kernel of `other` is of no use here; empty if it is.
  std::string mismatch(const KernelIdentity& other) const;
};

/// That of `kernel` (KernelRecord::kernel) in this build. The generator of an unknown kernel is empty.
KernelIdentity kernel_identity(const std::string& kernel, const KernelTarget& target);

/// Values of a schedule's tunables; those that are not named keep their usual value.
using KernelTile = std::map<std::string, int>;
/// "panels=2 rows=7"; "usual" if nothing is named.
std::string to_string(const KernelTile& tile);

/// "pointwise", "opencl:pointwise": the first word of a spec.
std::string kernel_of(const std::string& spec);

struct KernelRecord {
  std::string spec;  // the call that it is for (halide_generators/kernel_spec.h)
  KernelTile tile;
  std::string plan;  // what it was tuned for: "micronet_m1 160x160"
  KernelIdentity identity;
  double time_us = 0, generic_time_us = 0;  // of one call, measured in turns; 0: not measured
  double error = 0;                         // max|y - generic y| over max(1, max|generic y|)
  std::string file, sha256;                 // empty: tried and not kept
  std::string refused;                      // why it can never be kept: the compiler's error, other bits

  bool kept() const { return !file.empty(); }
  std::string kernel() const { return kernel_of(spec); }
};

/// One line, without its line feed. It starts with {"kernel":"SPEC", or {"tried":"SPEC", if it was not kept.
std::string to_line(const KernelRecord& record);
/// Throws Error saying what is missing or of the wrong type.
KernelRecord parse_kernel_record(std::string_view line);
/// The spec of a record that was kept, found without reading the rest of the line; empty if it is none.
std::string_view spec_of_kept(std::string_view line);

}  // namespace lithe
