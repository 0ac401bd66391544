#pragma once

#include <vector>

#include "pipelines/graph/session.h"
#include "pipelines/graph/trainable.h"
#include "pipelines/kernel_cache/tuner.h"

namespace lithe {

/// The distinct kernel calls of Session::each_call, with samples to measure them on. Throws Error if a device has no
/// memory for those.
std::vector<KernelUse> kernel_uses(const Session& session, const std::vector<Shape>& inputs);
/// Those of Trainable::each_call. The network must outlive them and make no pass meanwhile.
std::vector<KernelUse> kernel_uses(const Trainable& network);

}  // namespace lithe
