#include "pipelines/graph/weights_precision.h"

#include <cmath>
#include <sstream>

#include "pipelines/core/half.h"

namespace lithe {
namespace {

bool fits(float value, DType type) {
  return std::isfinite(type == DType::kF16 ? from_float16(to_float16(value)) : from_bfloat16(to_bfloat16(value)));
}

}  // namespace

DType weights_precision(const std::string& text) {
  if (text == "f32") return DType::kF32;
  if (text == "f16") return DType::kF16;
  if (text == "bf16") return DType::kBF16;
  throw Error(ErrorKind::kUsage, "weights precision: expected f32, f16 or bf16, got \"" + text + "\"");
}

void require(DType weights, Device device) {
  if (weights == DType::kF32 || device == Device::kCpu) return;
  throw Error(ErrorKind::kUsage, std::string("weights in ") + name_of(weights) +
                                     ": only the processor reads those; on " + name_of(device) + " weights are F32");
}

void check_weights(const Graph& graph, const Plan::Step& step, const Parameters& parameters) {
  if (step.kernel == nullptr || step.kernel->weights == DType::kF32) return;
  const Node& node = graph.nodes[step.node];
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (step.kernel->pack.count(node.op->port_of(i).name) == 0) continue;
    const std::string& name = graph.value(node.inputs[i]).name;
    const Tensor values = parameters.at(name).contiguous();
    for (int64_t e = 0; e < values.size(); ++e) {
      if (fits(values.data()[e], step.kernel->weights)) continue;
      std::ostringstream message;
      message << graph.name << ": parameter \"" << name << "\" holds " << values.data()[e] << ", which "
              << name_of(step.kernel->weights) << " cannot";
      if (step.kernel->weights == DType::kF16) message << " (65504 at most); bf16 has the range of f32";
      throw Error(message.str());
    }
  }
}

}  // namespace lithe
