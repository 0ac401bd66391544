#include "pipelines/graph/device_driver.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "pipelines/core/error.h"

// Halide's runtime and we know the drivers' types and constants by name only and need none of their headers.
struct _cl_context;
struct _cl_command_queue;
struct CUctx_st;

namespace lithe {
namespace {

void* open(const char* library, const char* of_development_packages) {
  void* handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  return handle != nullptr ? handle : dlopen(of_development_packages, RTLD_LAZY | RTLD_LOCAL);
}

void* driver(Device device) {
  if (device == Device::kOpenCl) {
    static void* const opencl = open("libOpenCL.so.1", "libOpenCL.so");
    return opencl;
  }
  static void* const cuda = open("libcuda.so.1", "libcuda.so");
  return cuda;
}

void* driver_symbol(Device device, const char* name) {
  return driver(device) == nullptr ? nullptr : dlsym(driver(device), name);
}

[[noreturn]] void fail(Device device, const std::string& what) {
  throw Error(ErrorKind::kUsage, std::string("--device ") + name_of(device) + ": the driver" + what);
}

/// The answer of a function of the driver.
template <class... Arguments>
int ask(Device device, const char* name, Arguments... arguments) {
  const auto function = reinterpret_cast<int (*)(Arguments...)>(driver_symbol(device, name));
  if (function == nullptr) fail(device, std::string(" has no ") + name + "; install a newer one");
  return function(arguments...);
}

void check(Device device, const char* name, int code) {
  if (code != 0) fail(device, std::string("'s ") + name + " failed with error " + std::to_string(code));
}

/// Calls a function of the driver. Both drivers answer with 0 where all went well.
template <class... Arguments>
void call(Device device, const char* name, Arguments... arguments) {
  check(device, name, ask(device, name, arguments...));
}

template <class T>
void opencl_info(void* device, uint32_t what, T* value, size_t bytes = sizeof(T)) {
  call<void*, uint32_t, size_t, void*, size_t*>(Device::kOpenCl, "clGetDeviceInfo", device, what, bytes, value,
                                                nullptr);
}

std::string opencl_text(void* device, uint32_t what) {
  char text[256] = {};
  opencl_info(device, what, text, sizeof text - 1);
  return text;
}

DriverDevice describe_opencl(void* device) {
  constexpr uint32_t kType = 0x1000, kUnits = 0x1002, kName = 0x102B, kDriver = 0x102D, kVersion = 0x102F;
  constexpr uint64_t kCpuType = 2;
  uint64_t type = 0;
  uint32_t units = 0;
  opencl_info(device, kType, &type);
  opencl_info(device, kUnits, &units);
  return {
      opencl_text(device, kName),
      std::to_string(units) + " units, " + opencl_text(device, kVersion) + ", driver " + opencl_text(device, kDriver),
      (type & kCpuType) != 0};
}

DriverDevice describe_cuda(int device) {
  constexpr int kUnits = 16, kMajor = 75, kMinor = 76;
  const auto attribute = [&](int what) {
    int value = 0;
    call<int*, int, int>(Device::kCuda, "cuDeviceGetAttribute", &value, what, device);
    return std::to_string(value);
  };
  char name[256] = {};
  int version = 0;  // 1000 major + 10 minor
  call<char*, int, int>(Device::kCuda, "cuDeviceGetName", name, static_cast<int>(sizeof name) - 1, device);
  call<int*>(Device::kCuda, "cuDriverGetVersion", &version);
  return {name,
          attribute(kUnits) + " units, capability " + attribute(kMajor) + "." + attribute(kMinor) + ", CUDA " +
              std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10),
          false};
}

// A platform may have none: the driver of a card that is not there.
std::vector<void*> devices_of(void* platform) {
  constexpr uint64_t kAll = 0xFFFFFFFF;
  constexpr int kNotFound = -1;
  constexpr const char* kName = "clGetDeviceIDs";
  const auto list = [&](uint32_t room, void** ids, uint32_t* found) {
    return ask<void*, uint64_t, uint32_t, void**, uint32_t*>(Device::kOpenCl, kName, platform, kAll, room, ids, found);
  };
  uint32_t count = 0;
  const int code = list(0, nullptr, &count);
  if (code == kNotFound) return {};
  check(Device::kOpenCl, kName, code);
  std::vector<void*> ids(count);
  check(Device::kOpenCl, kName, list(count, ids.data(), nullptr));
  return ids;
}

std::vector<DriverPlatform> opencl_platforms() {
  constexpr uint32_t kName = 0x0902;
  uint32_t count = 0;
  call<uint32_t, void**, uint32_t*>(Device::kOpenCl, "clGetPlatformIDs", 0, nullptr, &count);
  std::vector<void*> ids(count);
  call<uint32_t, void**, uint32_t*>(Device::kOpenCl, "clGetPlatformIDs", count, ids.data(), nullptr);
  std::vector<DriverPlatform> platforms;
  for (void* id : ids) {
    char name[256] = {};
    call<void*, uint32_t, size_t, void*, size_t*>(Device::kOpenCl, "clGetPlatformInfo", id, kName, sizeof name - 1,
                                                  name, nullptr);
    platforms.push_back({name, {}});
    for (void* device : devices_of(id)) platforms.back().devices.push_back(describe_opencl(device));
  }
  return platforms;
}

std::vector<DriverDevice> opencl_devices() {
  std::vector<DriverDevice> devices;
  for (const DriverPlatform& platform : opencl_platforms()) {
    devices.insert(devices.end(), platform.devices.begin(), platform.devices.end());
  }
  return devices;
}

std::vector<DriverDevice> cuda_devices() {
  int count = 0;
  call<unsigned>(Device::kCuda, "cuInit", 0);
  call<int*>(Device::kCuda, "cuDeviceGetCount", &count);
  std::vector<DriverDevice> devices;
  for (int i = 0; i < count; ++i) {
    int device = 0;
    call<int*, int>(Device::kCuda, "cuDeviceGet", &device, i);
    devices.push_back(describe_cuda(device));
  }
  return devices;
}

}  // namespace

bool has_driver(Device device) { return driver(device) != nullptr; }

std::vector<DriverDevice> driver_devices(Device device) {
  std::vector<DriverDevice> devices = device == Device::kOpenCl ? opencl_devices() : cuda_devices();
  if (devices.empty()) fail(device, " offers no device");
  return devices;
}

std::string platform_to_use(const std::vector<DriverPlatform>& platforms) {
  const auto first = [&](auto fits) -> std::string {
    for (const DriverPlatform& platform : platforms) {
      if (std::any_of(platform.devices.begin(), platform.devices.end(), fits)) return platform.name;
    }
    return "";
  };
  const std::string with_a_card = first([](const DriverDevice& device) { return !device.is_processor; });
  return with_a_card.empty() ? first([](const DriverDevice&) { return true; }) : with_a_card;
}

#ifdef LITHE_GPU

extern "C" int halide_acquire_cl_context(void*, _cl_context**, _cl_command_queue**, bool);
extern "C" int halide_release_cl_context(void*);
extern "C" int halide_cuda_acquire_context(void*, CUctx_st**, bool);
extern "C" int halide_cuda_release_context(void*);

DriverDevice opened_device(Device device) {
  if (device == Device::kOpenCl) {
    constexpr uint32_t kQueueDevice = 0x1091;
    _cl_context* context = nullptr;
    _cl_command_queue* queue = nullptr;
    void* opened = nullptr;
    LITHE_CHECK(halide_acquire_cl_context(nullptr, &context, &queue, true) == 0);
    halide_release_cl_context(nullptr);
    call<void*, uint32_t, size_t, void*, size_t*>(device, "clGetCommandQueueInfo", queue, kQueueDevice, sizeof opened,
                                                  &opened, nullptr);
    return describe_opencl(opened);
  }
  int opened = 0;
  with_cuda_context([&] { call<int*>(device, "cuCtxGetDevice", &opened); });
  return describe_cuda(opened);
}

void with_cuda_context(const std::function<void()>& use) {
  CUctx_st* context = nullptr;
  LITHE_CHECK(halide_cuda_acquire_context(nullptr, &context, true) == 0);
  halide_cuda_release_context(nullptr);
  call<CUctx_st*>(Device::kCuda, "cuCtxPushCurrent_v2", context);
  struct Pop {
    ~Pop() {
      CUctx_st* popped = nullptr;
      const auto pop = reinterpret_cast<int (*)(CUctx_st**)>(driver_symbol(Device::kCuda, "cuCtxPopCurrent_v2"));
      if (pop != nullptr) pop(&popped);
    }
  } pop_at_the_end;
  use();
}

// Halide's runtime looks for functions of the drivers here; its own search wants the names of development packages.
extern "C" void* halide_opencl_get_symbol(void*, const char* name) { return driver_symbol(Device::kOpenCl, name); }
// Of OpenCL's platforms it takes the one of this name, or the first without a name, which may have no device.
extern "C" const char* halide_opencl_get_platform_name(void*) {
  if (const char* wanted = std::getenv("HL_OCL_PLATFORM_NAME")) return wanted;
  try {
    static const std::string name = platform_to_use(opencl_platforms());
    return name.c_str();  // every name contains an empty one
  } catch (const Error&) {
    return nullptr;  // a driver that cannot be asked fails when it is opened
  }
}
extern "C" void* halide_cuda_get_symbol(void*, const char* name) { return driver_symbol(Device::kCuda, name); }

#else

DriverDevice opened_device(Device) { return {}; }
void with_cuda_context(const std::function<void()>&) {}

#endif

}  // namespace lithe
