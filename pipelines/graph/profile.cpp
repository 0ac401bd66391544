#include "pipelines/graph/profile.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "pipelines/core/clock.h"
#include "pipelines/graph/kernel_call.h"

namespace lithe {
namespace {

// Keeps the shortest of the times between two points.
void keep_least(Clock::time_point from, Clock::time_point to, double* seconds) {
  *seconds = std::min(*seconds, std::chrono::duration<double>(to - from).count());
}

const Shape& shape_of(const Plan& plan, ValueId id) {
  const Plan::Place& place = plan.places[static_cast<size_t>(id)];
  return place.root == kNoValue ? plan.graph->value(id).shape : place.shape;
}

int64_t bytes_of(const Plan& plan, ValueId id, DType dtype = DType::kF32) {
  return id == kNoValue ? 0 : elements(shape_of(plan, id)) * size_of(dtype);
}

int64_t bytes_of(const Plan& plan, const Plan::Step& step) {
  int64_t bytes = 0;
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const bool packed = step.kernel && step.kernel->pack.count(plan.graph->nodes[step.node].op->port_of(i).name) > 0;
    bytes += bytes_of(plan, step.inputs[i], packed ? step.kernel->weights : DType::kF32);
  }
  for (const ValueId id : step.outputs) bytes += bytes_of(plan, id);
  return bytes;
}

StepProfile describe(const Plan& plan, const Plan::Step& step) {
  const Node& node = plan.graph->nodes[step.node];
  StepProfile result;
  result.op = node.op->name();
  result.kernel = step.kernel == nullptr ? "copy" : step.kernel->name;
  result.node = node.name;
  if (step.kernel != nullptr) result.fused = node.fused;
  if (!step.inputs.empty() && step.inputs[0] != kNoValue) result.input = shape_of(plan, step.inputs[0]);
  result.output = shape_of(plan, step.outputs[0]);
  if (step.kernel != nullptr) result.madds = node.op->madds(step.dims).b();
  result.bytes = bytes_of(plan, step);
  result.seconds = std::numeric_limits<double>::infinity();
  return result;
}

// Several only for kernels that are called once per value of the last port.
size_t calls_of(const Plan& plan, const Plan::Step& step) {
  if (step.kernel == nullptr) return 0;
  if (!step.kernel->per_value) return 1;
  return step.inputs.size() + 1 - plan.graph->nodes[step.node].op->inputs().size();
}

// Whether each kernel call of a pass, in their order, goes to a kernel that was compiled for it.
std::vector<bool> specialised_calls(const Session& session, const std::vector<Tensor>& inputs) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  std::vector<bool> result;
  session.each_call(shapes, [&](const KernelCall& call) {
    result.push_back(call.kernel().call != find_kernel(call.kernel().name).call);
  });
  return result;
}

}  // namespace

Profile profile(const Session& session, const std::vector<Tensor>& inputs, int runs) {
  if (const DeviceMemory* memory = session.device()) {
    throw Error(ErrorKind::kUsage,
                std::string("--device ") + name_of(memory->device()) +
                    ": has no times of single steps, it computes them behind their calls; profile on "
                    "the processor");
  }
  Profile result;
  result.input_seconds = result.output_seconds = std::numeric_limits<double>::infinity();
  const std::vector<bool> specialised = specialised_calls(session, inputs);
  size_t call = 0;
  session.run(inputs, [&](const Plan& plan, size_t step) {
    if (step == plan.steps.size()) return;
    result.steps.push_back(describe(plan, plan.steps[step]));
    const size_t calls = calls_of(plan, plan.steps[step]);
    if (calls > 0) result.steps.back().specialised = specialised.at(call);
    call += calls;
  });
  for (int run = 0; run < runs; ++run) {
    Clock::time_point last = Clock::now();
    session.run(inputs, [&](const Plan&, size_t step) {
      const Clock::time_point now = Clock::now();
      keep_least(last, now, step == 0 ? &result.input_seconds : &result.steps[step - 1].seconds);
      last = now;
    });
    keep_least(last, Clock::now(), &result.output_seconds);
  }
  return result;
}

}  // namespace lithe
