#pragma once
// All parallelism goes through TBB, and this is the one place that says how.

#include <cstdint>
#include <functional>

namespace lithe {

/// Limits every later parallel call of the process to `threads` threads (0: one per core). Not thread safe.
void set_threads(int threads);
int threads();

/// Calls body(i) for i in [0, count) in parallel, in any order. An exception from a body is rethrown here.
void parallel_for(int64_t count, const std::function<void(int64_t)>& body);

/// Kernels called while this object lives run on the calling thread alone: an image task keeps to itself.
class SerialKernels {
 public:
  SerialKernels();
  ~SerialKernels();
  SerialKernels(const SerialKernels&) = delete;

 private:
  bool before_;
};
bool kernels_are_serial();

}  // namespace lithe
