#include "pipelines/graph/kernel_uses.h"

#include <map>

#include "pipelines/graph/kernel_call.h"

namespace lithe {

namespace {

// By what they are.
class Uses {
 public:
  // Null where there is such a call already.
  KernelUse* add(const KernelCall& call) {
    const auto [at, is_new] = known_.emplace(call.spec(), uses.size());
    if (is_new) {
      uses.push_back({at->first, 1, find_kernel(call.kernel().name, call.device()).call, nullptr, nullptr});
      return &uses.back();
    }
    ++uses[at->second].count;
    return nullptr;
  }
  std::vector<KernelUse> uses;

 private:
  std::map<std::string, size_t> known_;
};

}  // namespace

std::vector<KernelUse> kernel_uses(const Session& session, const std::vector<Shape>& inputs) {
  Uses all;
  session.each_call(inputs, [&](const KernelCall& call) {
    KernelUse* const use = all.add(call);
    if (use == nullptr) return;
    const halide_filter_metadata_t& metadata = *call.kernel().metadata;
    use->sample = [sample = std::make_shared<SampleCall>(metadata, call.arguments())] { return sample; };
    if (call.device() == Device::kCpu) return;
    const CompiledKernel& here = find_kernel(call.kernel().name);
    if (here.metadata->num_arguments == metadata.num_arguments) use->on_processor = here.call;
  });
  return std::move(all.uses);
}

std::vector<KernelUse> kernel_uses(const Trainable& network) {
  Uses all;
  network.each_call([&](const KernelCall& call) {
    KernelUse* const use = all.add(call);
    if (use == nullptr) return;
    use->sample = [&call] { return std::make_shared<SampleCall>(*call.kernel().metadata, call.arguments()); };
  });
  return std::move(all.uses);
}

}  // namespace lithe
