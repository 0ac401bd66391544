#pragma once

#include <vector>

#include "pipelines/graph/session.h"
#include "pipelines/kernel_cache/tuner.h"

namespace lithe {

/// The distinct kernel calls of Session::each_call, with samples to measure them on. Throws Error if a device has no
/// memory for those.
std::vector<KernelUse> kernel_uses(const Session& session, const std::vector<Shape>& inputs);

}  // namespace lithe
