#include "pipelines/graph/device_driver.h"

#include <dlfcn.h>

#include <cstdint>

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

#ifdef LITHE_GPU

void* driver_symbol(Device device, const char* name) {
  return driver(device) == nullptr ? nullptr : dlsym(driver(device), name);
}

/// Calls a function of the driver. Both drivers answer with 0 where all went well.
template <class... Arguments>
void call(Device device, const char* name, Arguments... arguments) {
  const auto function = reinterpret_cast<int (*)(Arguments...)>(driver_symbol(device, name));
  const int code = function == nullptr ? -1 : function(arguments...);
  if (code != 0) {
    throw Error(ErrorKind::kInternal,
                std::string(name_of(device)) + ": " + name + " failed with error " + std::to_string(code));
  }
}

extern "C" int halide_acquire_cl_context(void*, _cl_context**, _cl_command_queue**, bool);
extern "C" int halide_release_cl_context(void*);

DriverDevice opencl_device() {
  constexpr uint32_t kQueueDevice = 0x1091, kDeviceType = 0x1000, kDeviceName = 0x102B;
  constexpr uint64_t kCpuType = 2;
  _cl_context* context = nullptr;
  _cl_command_queue* queue = nullptr;
  void* device = nullptr;
  uint64_t type = 0;
  char name[256] = {};
  LITHE_CHECK(halide_acquire_cl_context(nullptr, &context, &queue, true) == 0);
  halide_release_cl_context(nullptr);
  call<void*, uint32_t, size_t, void*, size_t*>(Device::kOpenCl, "clGetCommandQueueInfo", queue, kQueueDevice,
                                                sizeof device, &device, nullptr);
  call<void*, uint32_t, size_t, void*, size_t*>(Device::kOpenCl, "clGetDeviceInfo", device, kDeviceType, sizeof type,
                                                &type, nullptr);
  call<void*, uint32_t, size_t, void*, size_t*>(Device::kOpenCl, "clGetDeviceInfo", device, kDeviceName,
                                                sizeof name - 1, name, nullptr);
  return {name, (type & kCpuType) != 0};
}

extern "C" int halide_cuda_acquire_context(void*, CUctx_st**, bool);
extern "C" int halide_cuda_release_context(void*);

DriverDevice cuda_device() {
  CUctx_st* context = nullptr;
  int device = 0;
  char name[256] = {};
  LITHE_CHECK(halide_cuda_acquire_context(nullptr, &context, true) == 0);
  halide_cuda_release_context(nullptr);
  call<CUctx_st*>(Device::kCuda, "cuCtxPushCurrent_v2", context);
  call<int*>(Device::kCuda, "cuCtxGetDevice", &device);
  call<CUctx_st**>(Device::kCuda, "cuCtxPopCurrent_v2", &context);
  call<char*, int, int>(Device::kCuda, "cuDeviceGetName", name, static_cast<int>(sizeof name) - 1, device);
  return {name, false};
}

#endif

}  // namespace

bool has_driver(Device device) { return driver(device) != nullptr; }

#ifdef LITHE_GPU

DriverDevice opened_device(Device device) { return device == Device::kOpenCl ? opencl_device() : cuda_device(); }

// Halide's runtime looks for functions of the drivers here; its own search wants the names of development packages.
extern "C" void* halide_opencl_get_symbol(void*, const char* name) { return driver_symbol(Device::kOpenCl, name); }
extern "C" void* halide_cuda_get_symbol(void*, const char* name) { return driver_symbol(Device::kCuda, name); }

#else

DriverDevice opened_device(Device) { return {}; }

#endif

}  // namespace lithe
