#pragma once
// The option --device of the commands that run networks.

#include <string>

#include "pipelines/graph/device.h"

namespace lithe::cli {

/// The device of that name, ready for use. What `auto` took goes to standard error. Throws Error (kUsage).
Device device_of(const std::string& option);

}  // namespace lithe::cli
