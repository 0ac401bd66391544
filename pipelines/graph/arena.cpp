#include "pipelines/graph/arena.h"

#include <algorithm>

#include "pipelines/graph/weight_memory.h"

namespace lithe {
namespace {

/// From as many bytes of weights on a pass leaves no call in a cache for the next one. Below, asking for them costs
/// more than it gains (micronet_m0 with 4 MB: 2 %).
constexpr int64_t kWeightsThatEvict = int64_t{12} << 20;

int64_t bytes_of(const std::vector<std::map<std::string, Tensor>>& packed) {
  int64_t bytes = 0;
  for (const auto& step : packed) {
    for (const auto& [port, weights] : step) bytes += weights.bytes();
  }
  return bytes;
}

}  // namespace

Arena::Arena(const Plan& plan, const Parameters& parameters, const std::vector<std::map<std::string, Tensor>>& packed,
             DeviceMemory* device)
    : plan_(plan),
      device_(device),
      fetches_(device == nullptr && bytes_of(packed) >= kWeightsThatEvict),
      memory_(device ? device->reserve(plan.arena_bytes) : large_page_memory(plan.arena_bytes)) {
  const Graph& graph = *plan.graph;
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    const Plan::Step& step = plan.steps[s];
    const Node& node = graph.nodes[step.node];
    std::vector<Tensor> inputs, outputs;
    for (const ValueId id : step.inputs) inputs.push_back(tensor(id, parameters));
    for (const ValueId id : step.outputs) outputs.push_back(tensor(id, parameters));
    Work work;
    if (step.kernel == nullptr) {
      const Shape& shape = inputs[0].shape();
      work.from = inputs[0];
      work.to = outputs[0].shape() == shape
                    ? outputs[0]
                    : Tensor::view(outputs[0].raw(), shape, row_major_strides(shape), DType::kF32, nullptr);
    } else {
      work.calls = prepare(node, *step.kernel, step.dims, inputs, packed[s], outputs, device);
      for (KernelCall& call : work.calls) specialise(call);
    }
    work_.push_back(std::move(work));
  }
  for (const ValueId id : graph.inputs) inputs_.push_back({tensor(id, parameters), uses_of(id)});
  for (const ValueId id : graph.outputs) {
    if (!graph.value(id).is_state()) outputs_.push_back(tensor(id, parameters));
  }
}

void Arena::run(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs, const StepObserver& observer) {
  for (size_t i = 0; i < inputs.size(); ++i) take(inputs[i], inputs_[i]);
  for (size_t s = 0; s < work_.size(); ++s) {
    if (observer) observer(plan_, s);
    if (fetches_) fetch_behind(s);
    compute(work_[s]);
  }
  if (observer) observer(plan_, work_.size());
  for (size_t i = 0; i < outputs.size(); ++i) {
    device_ ? device_->download(outputs_[i], outputs[i]) : copy(outputs_[i], outputs[i]);
  }
}

void Arena::fetch_behind(size_t step) const {
  if (step + 1 < work_.size()) {
    for (const KernelCall& call : work_[step + 1].calls) call.fetch_code();
  }
  if (step + 2 < work_.size()) {
    for (const KernelCall& call : work_[step + 2].calls) call.fetch_arguments();
  }
}

void Arena::each_call(const std::function<void(const KernelCall&)>& visit) const {
  for (const Work& work : work_) {
    for (const KernelCall& call : work.calls) visit(call);
  }
}

void Arena::compute(const Work& work) {
  for (const KernelCall& call : work.calls) call();
  if (!work.calls.empty()) return;
  device_ ? device_->relayout(work.from, work.to) : copy(work.from, work.to);
}

Tensor Arena::tensor(ValueId id, const Parameters& parameters) const {
  if (id == kNoValue) return {};
  const Plan::Place& place = plan_.places[static_cast<size_t>(id)];
  if (place.root == kNoValue) return parameters.at(plan_.graph->value(id).name);
  const int64_t offset = plan_.places[static_cast<size_t>(place.root)].offset;
  return Tensor::view(memory_.data<uint8_t>() + offset, place.shape, place.strides, DType::kF32, nullptr);
}

std::vector<std::pair<size_t, std::string>> Arena::uses_of(ValueId input) const {
  for (size_t v = 0; v < plan_.places.size(); ++v) {
    if (plan_.places[v].root == input && static_cast<ValueId>(v) != input) return {};  // views keep their address
  }
  const std::vector<ValueId>& results = plan_.graph->outputs;
  if (std::find(results.begin(), results.end(), input) != results.end()) return {};  // outputs come from the arena
  std::vector<std::pair<size_t, std::string>> uses;
  for (size_t s = 0; s < plan_.steps.size(); ++s) {
    const Plan::Step& step = plan_.steps[s];
    const Node& node = plan_.graph->nodes[step.node];
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      if (step.inputs[i] != input) continue;
      if (step.kernel == nullptr || node.op->port_of(i).variadic) return {};
      uses.emplace_back(s, node.op->port_of(i).name);
    }
  }
  return uses;
}

// An image that already has the right layout is read where it is.
void Arena::take(const Tensor& given, const Input& input) {
  if (device_ != nullptr) return device_->upload(given, input.tensor);
  const bool in_place = !input.uses.empty() && given.strides() == input.tensor.strides();
  if (!in_place) copy(given, input.tensor);
  for (const auto& [step, port] : input.uses) {
    for (KernelCall& call : work_[step].calls) call.point(port, in_place ? given.raw() : input.tensor.raw());
  }
}

}  // namespace lithe
