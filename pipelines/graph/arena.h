#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/parameters.h"
#include "pipelines/graph/plan.h"

namespace lithe {

/// The memory of one image on its way through a plan, with every kernel call laid out in it. It belongs to one task at
/// a time, never to a thread.
class Arena {
 public:
  /// `packed`: per step, the parameters that its kernel wants in another form. `device`: the memory of the plan's
  /// device, nullptr on the processor. All but `parameters` must outlive the arena.
  Arena(const Plan& plan, const Parameters& parameters, const std::vector<std::map<std::string, Tensor>>& packed,
        DeviceMemory* device = nullptr);

  /// `inputs`, `outputs`: the images of the plan, in the order of the graph; parameters are none.
  void run(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs, const StepObserver& observer = {});
  /// Every kernel call of a run, in their order.
  void each_call(const std::function<void(const KernelCall&)>& visit) const;

 private:
  struct Work {
    std::vector<KernelCall> calls;  // empty: a copy
    Tensor from, to;
  };
  struct Input {
    Tensor tensor;
    std::vector<std::pair<size_t, std::string>> uses;  // step and port; none: it must lie in the arena
  };

  Tensor tensor(ValueId id, const Parameters& parameters) const;
  std::vector<std::pair<size_t, std::string>> uses_of(ValueId input) const;
  void take(const Tensor& given, const Input& input);
  void compute(const Work& work);
  /// While a step computes, the calls of the next two come from memory.
  void fetch_behind(size_t step) const;

  const Plan& plan_;
  DeviceMemory* const device_;
  const bool fetches_;
  Tensor memory_;
  std::vector<Work> work_;
  std::vector<Input> inputs_;
  std::vector<Tensor> outputs_;
};

}  // namespace lithe
