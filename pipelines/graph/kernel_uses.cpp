#include "pipelines/graph/kernel_uses.h"

#include <map>

#include "pipelines/graph/kernel_call.h"

namespace lithe {

std::vector<KernelUse> kernel_uses(const Session& session, const std::vector<Shape>& inputs) {
  std::vector<KernelUse> uses;
  std::map<std::string, size_t> known;
  session.each_call(inputs, [&](const KernelCall& call) {
    const auto [at, is_new] = known.emplace(call.spec(), uses.size());
    if (!is_new) {
      ++uses[at->second].count;
      return;
    }
    const CompiledKernel& generic = find_kernel(call.kernel().name, call.device());
    uses.push_back({at->first, 1, generic.call, std::make_shared<SampleCall>(*generic.metadata, call.arguments())});
    if (call.device() == Device::kCpu) return;
    const CompiledKernel& here = find_kernel(call.kernel().name);
    if (here.metadata->num_arguments == generic.metadata->num_arguments) uses.back().on_processor = here.call;
  });
  return uses;
}

}  // namespace lithe
