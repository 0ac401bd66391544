#include "pipelines/graph/training_profile.h"

#include <algorithm>
#include <map>

#include "pipelines/core/threads.h"
#include "pipelines/graph/kernel_call.h"
#include "pipelines/kernel_cache/sample_call.h"

namespace lithe {

std::vector<KernelTime> kernel_times(const Trainable& network) {
  const SerialKernels alone;              // a sample's clock is that of its thread
  std::map<std::string, double> seconds;  // of one call, by everything that is fixed about it
  std::map<std::pair<std::string, bool>, KernelTime> sums;
  network.each_call([&](const KernelCall& call) {
    const CompiledKernel& kernel = call.kernel();
    const auto [at, is_new] = seconds.emplace(call.spec(), 0);
    if (is_new) {
      SampleCall sample(*kernel.metadata, call.arguments());
      at->second = best_times(sample, {kernel.call})[0] * 1e-6;
    }
    const bool specialised = kernel.call != find_kernel(kernel.name).call;
    KernelTime& sum = sums[{kernel.name, specialised}];
    sum = {kernel.name, specialised, sum.calls + 1, sum.seconds + at->second};
  });
  std::vector<KernelTime> sorted;
  for (const auto& entry : sums) sorted.push_back(entry.second);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const KernelTime& a, const KernelTime& b) { return a.seconds > b.seconds; });
  return sorted;
}

}  // namespace lithe
