#include "pipelines/graph/profile.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace lithe {
namespace {

using Clock = std::chrono::steady_clock;

// Keeps the shortest of the times between two points.
void keep_least(Clock::time_point from, Clock::time_point to, double* seconds) {
  *seconds = std::min(*seconds, std::chrono::duration<double>(to - from).count());
}

const Shape& shape_of(const Plan& plan, ValueId id) {
  const Plan::Place& place = plan.places[static_cast<size_t>(id)];
  return place.root == kNoValue ? plan.graph->value(id).shape : place.shape;
}

int64_t bytes_of(const Plan& plan, const std::vector<ValueId>& values) {
  int64_t bytes = 0;
  for (const ValueId id : values) bytes += id == kNoValue ? 0 : elements(shape_of(plan, id)) * size_of(DType::kF32);
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
  result.bytes = bytes_of(plan, step.inputs) + bytes_of(plan, step.outputs);
  result.seconds = std::numeric_limits<double>::infinity();
  return result;
}

}  // namespace

Profile profile(const Session& session, const std::vector<Tensor>& inputs, int runs) {
  Profile result;
  result.input_seconds = result.output_seconds = std::numeric_limits<double>::infinity();
  session.run(inputs, [&](const Plan& plan, size_t step) {
    if (step < plan.steps.size()) result.steps.push_back(describe(plan, plan.steps[step]));
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
