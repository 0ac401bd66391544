#include "pipelines/graph/kept_calls.h"

#include <algorithm>

namespace lithe {
namespace {

bool have(const PortTensors& ports, const std::vector<std::pair<Shape, Shape>>& layouts) {
  return std::equal(ports.begin(), ports.end(), layouts.begin(), layouts.end(), [](const auto& port, const auto& kept) {
    return port.second.shape() == kept.first && port.second.strides() == kept.second;
  });
}

}  // namespace

void KeptCalls::call(size_t i, const Node& node, const Kernel& kernel, const Dims& dims, const PortTensors& ports) {
  LITHE_CHECK(i <= kept_.size());
  if (i == kept_.size() || kept_[i].kernel != &kernel || !have(ports, kept_[i].layouts)) {
    kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i), kept_.end());  // those behind lie otherwise, too
    std::vector<std::pair<Shape, Shape>> layouts;
    for (const auto& [port, tensor] : ports) layouts.emplace_back(tensor.shape(), tensor.strides());
    kept_.push_back({&kernel, std::move(layouts), KernelCall(node, kernel, dims, ports)});
    if (specialised_) specialise(kept_[i].call);
  }
  kept_[i].call.point(ports);
  kept_[i].call();
}

void KeptCalls::each(const std::function<void(const KernelCall&)>& visit) const {
  for (const Kept& kept : kept_) visit(kept.call);
}

}  // namespace lithe
