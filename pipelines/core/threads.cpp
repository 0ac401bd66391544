#include "pipelines/core/threads.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <memory>

namespace lithe {
namespace {

std::unique_ptr<tbb::global_control> limit;
thread_local bool serial_kernels = false;

}  // namespace

void set_threads(int threads) {
  limit.reset();
  if (threads > 0) {
    limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                  static_cast<std::size_t>(threads));
  }
}

int threads() {
  // The limit of the process may exceed what one arena gives: the smaller of both is what runs.
  const auto allowed = tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  return static_cast<int>(
      std::min<std::size_t>(allowed, static_cast<std::size_t>(tbb::this_task_arena::max_concurrency())));
}

void parallel_for(int64_t count, const std::function<void(int64_t)>& body) {
  if (count == 1 || threads() == 1) {
    for (int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  tbb::parallel_for(int64_t{0}, count, [&](int64_t i) { body(i); });
}

SerialKernels::SerialKernels() : before_(serial_kernels) { serial_kernels = true; }
SerialKernels::~SerialKernels() { serial_kernels = before_; }
bool kernels_are_serial() { return serial_kernels; }

}  // namespace lithe
