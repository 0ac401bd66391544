#pragma once
// Weights in half precision. A layer whose time is reading its weights may keep them rounded to float16 or bfloat16:
// half the bytes, widened exactly in registers and summed in float32. Which layers can is what kernels say
// (Kernel::weights in op.h); all others keep float32.

#include <string>

#include "pipelines/graph/parameters.h"
#include "pipelines/graph/plan.h"

namespace lithe {

// What the option --weights-precision takes, and its help.
constexpr const char* kWeightsPrecisionChoices = "f32|f16|bf16";
constexpr const char* kWeightsPrecisionHelp = "keep the weights of layers that wait for them in half precision";

/// From the option's text. Throws Error (kUsage) for any other.
DType weights_precision(const std::string& text);

/// Throws Error (kUsage) if networks on that device cannot keep their weights so.
void require(DType weights, Device device);

/// Throws Error naming the parameter if the step's kernel keeps it in half precision and one of its numbers is not
/// finite there.
void check_weights(const Graph& graph, const Plan::Step& step, const Parameters& parameters);

}  // namespace lithe
