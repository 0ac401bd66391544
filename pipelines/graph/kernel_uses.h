#pragma once

#include <vector>

#include "pipelines/graph/session.h"
#include "pipelines/kernel_cache/tuner.h"

namespace lithe {

/// The distinct kernel calls of one image, with samples to measure them on. `inputs`: shapes as for Session::run.
std::vector<KernelUse> kernel_uses(const Session& session, const std::vector<Shape>& inputs);

}  // namespace lithe
