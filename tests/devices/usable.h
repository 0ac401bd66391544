#pragma once
// The devices that tests run on: OpenCL, which pocl brings to machines without a graphics card, and CUDA where there is
// one.

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "pipelines/core/error.h"
#include "pipelines/graph/kernels.h"

namespace lithe::test {

/// Builds with sanitizers have no kernels for devices, and nothing to test.
inline bool has_device_kernels() { return !kernel_names(Device::kOpenCl).empty(); }

inline std::vector<Device> usable_devices() {
  setenv("POCL_CACHE_DIR", LITHE_BINARY_DIR "/pocl-cache", 0);  // it compiles each kernel once, not in each test
  std::vector<Device> usable;
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    try {
      require(device);
      usable.push_back(device);
    } catch (const Error&) {
    }
  }
  return usable;
}

}  // namespace lithe::test

/// Ends a test where no device can be used.
#define LITHE_NEEDS_A_DEVICE()                    \
  if (!lithe::test::has_device_kernels()) return; \
  if (lithe::test::usable_devices().empty()) GTEST_SKIP() << "no OpenCL device: install pocl-opencl-icd"
