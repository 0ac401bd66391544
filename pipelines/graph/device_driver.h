#pragma once
// What is asked of the drivers of OpenCL and CUDA themselves, beside Halide's runtime.

#include <functional>
#include <string>
#include <vector>

#include "pipelines/graph/device.h"

namespace lithe {

struct DriverDevice {
  std::string name;
  std::string version;  // what else decides which kernel is the fastest: capability and driver
  bool is_processor = false;

  std::string fingerprint() const { return name + ", " + version; }
};

struct DriverPlatform {
  std::string name;
  std::vector<DriverDevice> devices;
};

/// The name of the OpenCL platform to use: the first with a graphics card, else the first with any device, else "".
std::string platform_to_use(const std::vector<DriverPlatform>& platforms);
/// The device that Halide's runtime opened.
DriverDevice opened_device(Device device);
/// Calls `use` while the context of Halide's runtime is the calling thread's current one. CUDA only.
void with_cuda_context(const std::function<void()>& use);
/// Whether the driver's library is installed.
bool has_driver(Device device);
/// What an installed driver offers. Throws Error (kUsage) with the driver's reason if that is nothing.
std::vector<DriverDevice> driver_devices(Device device);

}  // namespace lithe
