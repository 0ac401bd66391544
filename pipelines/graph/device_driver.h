#pragma once
// What is asked of the drivers of OpenCL and CUDA themselves, beside Halide's runtime.

#include <string>

#include "pipelines/graph/device.h"

namespace lithe {

struct DriverDevice {
  std::string name;
  bool is_processor = false;
};

/// The device that Halide's runtime opened.
DriverDevice opened_device(Device device);
/// Whether the driver's library is installed.
bool has_driver(Device device);

}  // namespace lithe
