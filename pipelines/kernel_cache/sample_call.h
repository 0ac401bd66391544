#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pipelines/kernel_cache/kernel_library.h"

struct halide_buffer_t;
struct halide_filter_metadata_t;

namespace lithe {

/// The arguments of one call with memory of their own: to measure and compare kernels that serve the same call.
class SampleCall {
 public:
  /// The bytes of each output, and of what lies around it.
  using Outputs = std::vector<std::vector<uint8_t>>;

  /// Takes shapes, scalars and the values of integer buffers (indices) from `arguments`; numbers become seeded noise.
  /// If those lie on a graphics card, the sample does too. Throws Error(kInternal) if it has no room for it.
  SampleCall(const halide_filter_metadata_t& metadata, void* const* arguments);
  ~SampleCall();
  SampleCall(const SampleCall&) = delete;

  /// Fills the outputs with a pattern, calls, and keeps what came out. Throws Error if the kernel fails.
  Outputs outputs_of(KernelFunction kernel);
  /// The same with a kernel of the processor, wherever the sample lies.
  Outputs outputs_on_processor(KernelFunction kernel);
  void operator()(KernelFunction kernel);
  /// Microseconds of one of `repeats` calls: of this thread, or of the graphics card until it is done.
  double time(KernelFunction kernel, int repeats);

 private:
  struct Argument;
  template <class Call>
  Outputs outputs_after(const Call& call);
  void wait();

  std::vector<std::unique_ptr<Argument>> all_;
  std::vector<void*> arguments_;
  halide_buffer_t* on_card_ = nullptr;  // one of them; none on the processor
};

/// max|a - b| over max(1, max|b|) of two results taken as float32; 0 for equal bits and for two NaNs, infinity where
/// either is not finite otherwise.
double difference(const SampleCall::Outputs& a, const SampleCall::Outputs& b);

/// What the calling thread has computed so far, in microseconds: other programs on its core do not count.
double thread_microseconds();

/// The shortest time of one call of each kernel in microseconds. They take turns, so that what disturbs the machine
/// disturbs them all; a first one that is clearly slower than the second is given up early.
std::vector<double> best_times(SampleCall& call, const std::vector<KernelFunction>& kernels);

}  // namespace lithe
