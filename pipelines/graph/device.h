#pragma once
// Where kernels run: on the processor, or on a graphics card through OpenCL or CUDA. Drivers are opened on first use,
// never at start-up, and no program is linked to them.

#include <string>
#include <vector>

#include "pipelines/kernel_cache/record.h"

struct halide_device_interface_t;

namespace lithe {

enum class Device { kCpu, kOpenCl, kCuda };

// What the option --device takes, and its help.
constexpr const char* kDeviceChoices = "cpu|opencl|cuda|auto";
constexpr const char* kDeviceHelp = "where networks run; auto: on a graphics card where there is one";

/// "cpu", "opencl", "cuda".
const char* name_of(Device device);

/// Opens the driver and the device. Throws Error (kUsage) that says what is missing: kernels in this build, a driver,
/// or a device. Thread safe; later calls cost nothing.
void require(Device device);

struct DeviceChoice {
  Device device = Device::kCpu;
  std::string reason;  // for the user, where `auto` had to choose; else empty
};

/// From an option's text: cpu, opencl, cuda, or auto, which takes CUDA, else a graphics card with OpenCL, else the
/// processor (OpenCL on a processor only where it is asked for by name). What it returns is ready for use. Throws Error
/// (kUsage) if the device of that name cannot be used.
DeviceChoice choose_device(const std::string& text);

/// What the driver calls the device, as "NVIDIA H200 (cuda)". The device must be ready for use, and not the processor.
std::string description_of(Device device);

/// What kernels are compiled for and looked up by, on the processor or a device. Throws as `require`.
KernelTarget kernel_target(Device device);
/// The target of the call with this spec (KernelCall::spec). Throws as `require`.
KernelTarget kernel_target_of(const std::string& spec);

/// The devices that a driver offers, as it names them, in the order in which it numbers them. Throws Error (kUsage)
/// that says why there are none.
std::vector<std::string> offered_devices(Device device);

/// Halide's functions for the device; nullptr for the processor and where this build has none.
const halide_device_interface_t* interface_of(Device device);

}  // namespace lithe
