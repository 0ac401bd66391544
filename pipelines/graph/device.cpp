#include "pipelines/graph/device.h"

#include <HalideRuntime.h>
#ifdef LITHE_GPU
#include <HalideRuntimeCuda.h>
#include <HalideRuntimeOpenCL.h>
#endif

#include <map>
#include <mutex>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"
#include "pipelines/graph/device_driver.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/kernel_cache/device.h"

namespace lithe {
namespace {

constexpr Device kDevices[] = {Device::kCpu, Device::kOpenCl, Device::kCuda};

std::string option(Device device) { return std::string("--device ") + name_of(device) + ": "; }

constexpr const char* kNoDriver[] = {"", "found no libOpenCL.so.1; install the driver of the graphics card and ocl-icd",
                                     "found no libcuda.so.1; install NVIDIA's driver"};

// What is wrong, or nothing.
std::string try_to_open(Device device) {
  try {
    if (kernel_names(device).empty()) return "this build of Lithe has no kernels for it; build with -DLITHE_GPU=ON";
  } catch (const Error& e) {
    return e.what();  // their library is not installed
  }
  if (!has_driver(device)) return kNoDriver[static_cast<size_t>(device)];
  // Halide opens the device for the first bytes on it.
  halide_dimension_t dim(0, 64, 1);
  halide_buffer_t buffer{};
  buffer.type = halide_type_of<uint8_t>();
  buffer.dimensions = 1;
  buffer.dim = &dim;
  const std::string message =
      halide_message([&] { return halide_device_malloc(nullptr, &buffer, interface_of(device)); });
  if (!message.empty()) return "the driver offers no device (" + message + ")";
  halide_device_free(nullptr, &buffer);
  return {};
}

}  // namespace

const char* name_of(Device device) {
  constexpr const char* kNames[] = {"cpu", "opencl", "cuda"};
  return kNames[static_cast<size_t>(device)];
}

const halide_device_interface_t* interface_of([[maybe_unused]] Device device) {
#ifdef LITHE_GPU
  if (device == Device::kOpenCl) return halide_opencl_device_interface();
  if (device == Device::kCuda) return halide_cuda_device_interface();
#endif
  return nullptr;
}

void require(Device device) {
  if (device == Device::kCpu) return;
  static std::mutex mutex;
  static auto* messages = new std::map<Device, std::string>;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto [entry, fresh] = messages->try_emplace(device);
  if (fresh) entry->second = try_to_open(device);
  if (!entry->second.empty()) throw Error(ErrorKind::kUsage, option(device) + entry->second);
}

DeviceChoice choose_device(const std::string& text) {
  const std::vector<std::string> names = {"cpu", "opencl", "cuda", "auto"};
  for (const Device device : kDevices) {
    if (text != name_of(device)) continue;
    require(device);
    return {device, ""};
  }
  if (text != "auto") {
    throw Error(ErrorKind::kUsage,
                "--device: expected cpu, opencl, cuda or auto, got \"" + text + "\"" + did_you_mean(text, names));
  }
  std::string reasons;
  for (const Device device : {Device::kCuda, Device::kOpenCl}) {
    try {
      require(device);
      const DriverDevice opened = opened_device(device);
      if (!opened.is_processor)
        return {device, "--device auto takes " + std::string(name_of(device)) + ": " + opened.name};
      reasons += "\n  " + option(device) + opened.name + " is a processor";
    } catch (const Error& e) {
      reasons += std::string("\n  ") + e.what();
    }
  }
  return {Device::kCpu, "--device auto takes cpu:" + reasons};
}

KernelTarget kernel_target(Device device) {
  if (device == Device::kCpu) return {instruction_set(), device_fingerprint()};
  require(device);
  return {name_of(device), opened_device(device).fingerprint()};
}

KernelTarget kernel_target_of(const std::string& spec) {
  const std::string kernel = kernel_of(spec);
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    if (kernel.rfind(std::string(name_of(device)) + ":", 0) == 0) return kernel_target(device);
  }
  return kernel_target(Device::kCpu);
}

std::vector<std::string> offered_devices(Device device) {
  if (!has_driver(device)) throw Error(ErrorKind::kUsage, option(device) + kNoDriver[static_cast<size_t>(device)]);
  std::vector<std::string> names;
  for (const DriverDevice& offered : driver_devices(device)) names.push_back(offered.fingerprint());
  return names;
}

std::string description_of(Device device) { return opened_device(device).name + " (" + name_of(device) + ")"; }

}  // namespace lithe
