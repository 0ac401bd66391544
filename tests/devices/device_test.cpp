#include "pipelines/graph/device.h"

#include <algorithm>

#include "pipelines/graph/device_driver.h"
#include "pipelines/graph/device_memory.h"
#include "pipelines/graph/op.h"
#include "tests/devices/usable.h"

namespace lithe::test {
namespace {

template <class Call>
Error error_of(const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    return e;
  }
  return Error(ErrorKind::kInternal, "no error");
}

TEST(Devices, EveryOperatorHasAKernelForEveryShape) {
  if (!has_device_kernels()) return;
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    for (const std::string& name : op_names()) {
      const std::vector<Kernel>& kernels = find_op(name).kernels();
      const bool found = std::any_of(kernels.begin(), kernels.end(), [&](const Kernel& kernel) {
        return !kernel.applies && has_kernel(kernel.name, device);
      });
      EXPECT_TRUE(found || kernels.empty())
          << name << " has none for " << name_of(device) << ": add a schedule and name it in LITHE_GPU_KERNELS";
    }
  }
}

TEST(Devices, BothKindsHaveTheSameKernels) { EXPECT_EQ(kernel_names(Device::kOpenCl), kernel_names(Device::kCuda)); }

TEST(Devices, TheProcessorNeedsNothing) {
  const DeviceChoice choice = choose_device("cpu");
  EXPECT_EQ(choice.device, Device::kCpu);
  EXPECT_TRUE(choice.reason.empty());
}

TEST(Devices, AnUnknownNameIsAUsageErrorThatNamesThoseThereAre) {
  const Error error = error_of([] { choose_device("opengl"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_NE(std::string(error.what()).find("expected cpu, opencl, cuda or auto"), std::string::npos) << error.what();
}

TEST(Devices, AMissingDeviceIsAUsageErrorThatSaysWhatToDo) {
  const std::vector<Device> usable = usable_devices();
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    if (std::count(usable.begin(), usable.end(), device)) continue;
    const Error error = error_of([&] { choose_device(name_of(device)); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(std::string(error.what()).rfind(std::string("--device ") + name_of(device), 0), 0u) << error.what();
  }
}

TEST(Devices, AutoSaysWhatItTookAndWhy) {
  usable_devices();
  const DeviceChoice choice = choose_device("auto");
  EXPECT_NE(choice.reason.find(std::string("--device auto takes ") + name_of(choice.device)), std::string::npos);
  if (choice.device == Device::kCpu) {
    EXPECT_NE(choice.reason.find("cuda"), std::string::npos) << choice.reason;
  }
}

TEST(Devices, OfSeveralPlatformsTheOneWithACardIsTaken) {
  const DriverDevice processor{"a processor", "", true}, card{"a card", "", false};
  EXPECT_EQ(platform_to_use({{"empty", {}}, {"emulation", {processor}}, {"vendor", {processor, card}}}), "vendor");
  EXPECT_EQ(platform_to_use({{"empty", {}}, {"emulation", {processor}}, {"other", {processor}}}), "emulation");
  EXPECT_EQ(platform_to_use({{"empty", {}}}), "");
}

TEST(Devices, MoreMemoryThanThereIsIsAnError) {
  LITHE_NEEDS_A_DEVICE();
  for (const Device device : usable_devices()) {
    DeviceMemory memory(device);
    const auto expect_advice = [](const Error& error) {
      EXPECT_NE(std::string(error.what()).find("do not fit into its memory; try a smaller batch"), std::string::npos)
          << error.what();
    };
    expect_advice(error_of([&] { memory.reserve(int64_t{1} << 34); }));
    std::vector<Tensor> blocks;  // some drivers grant them all, as long as nobody writes there
    try {
      while (blocks.size() < 64) blocks.push_back(memory.reserve(int64_t{1} << 33));
    } catch (const Error& error) {
      expect_advice(error);
    }
  }
}

TEST(Devices, MemoryIsCopiedThereAndBack) {
  LITHE_NEEDS_A_DEVICE();
  for (const Device device : usable_devices()) {
    DeviceMemory memory(device);
    const Tensor block = memory.reserve(4096);
    const Shape shape = {2, 3, 5, 7};
    Tensor given(shape), back(shape);
    for (int64_t i = 0; i < given.size(); ++i) given.data()[i] = static_cast<float>(i);
    auto* address = static_cast<char*>(block.raw());
    const Tensor there = Tensor::view(address, shape, channels_last_strides(shape), DType::kF32, nullptr);
    const Tensor rows = Tensor::view(address + 2048, shape, row_major_strides(shape), DType::kF32, nullptr);
    memory.upload(given, there);
    memory.relayout(there, rows);
    memory.download(there, back);
    EXPECT_EQ(relative_difference(back, given), 0);
    memory.download(rows, back);
    EXPECT_EQ(relative_difference(back, given), 0);
  }
}

}  // namespace
}  // namespace lithe::test
