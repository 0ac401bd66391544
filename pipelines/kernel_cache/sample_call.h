#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipelines/kernel_cache/kernel_library.h"

struct halide_filter_metadata_t;

namespace lithe {

/// The arguments of one call with memory of their own: to measure and compare kernels that serve the same call.
class SampleCall {
 public:
  /// Takes shapes, scalars and the values of integer buffers (indices) from `arguments`; numbers become seeded noise.
  SampleCall(const halide_filter_metadata_t& metadata, void* const* arguments);
  ~SampleCall();
  SampleCall(const SampleCall&) = delete;

  /// Fills the outputs with a pattern, calls, and keeps what came out. Throws Error if the kernel fails.
  std::vector<std::vector<uint8_t>> outputs_of(KernelFunction kernel);
  void operator()(KernelFunction kernel);

 private:
  struct Argument;

  std::vector<std::unique_ptr<Argument>> all_;
  std::vector<void*> arguments_;
};

/// max|a - b| over max(1, max|b|) of two results taken as float32; 0 for equal bits, infinity where either is not
/// finite in bits that differ.
double difference(const std::vector<std::vector<uint8_t>>& a, const std::vector<std::vector<uint8_t>>& b);

/// What the calling thread has computed so far, in microseconds: other programs on its core do not count.
double thread_microseconds();

/// The shortest time of one call of each kernel in microseconds. They take turns, so that what disturbs the machine
/// disturbs them all; a first one that is clearly slower than the second is given up early.
std::vector<double> best_times(SampleCall& call, const std::vector<KernelFunction>& kernels);

}  // namespace lithe
