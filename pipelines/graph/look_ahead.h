#pragma once
// Weights come from memory at a fraction of the speed at which they are used, so kernels with much arithmetic ask for
// what later steps read (halide_generators/ahead.h).

#include <map>
#include <string>
#include <vector>

#include "pipelines/core/tensor.h"

namespace lithe {

/// The argument of a kernel that says where the weights of later steps begin. Kernels never read it.
constexpr const char* kAhead = "ahead";

/// Tells every step where the packed weights of the steps behind it begin. `packed`: per step, side by side in memory.
void look_ahead(std::vector<std::map<std::string, Tensor>>& packed);

}  // namespace lithe
