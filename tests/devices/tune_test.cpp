// The search for the kernels of a device: compiled, checked and measured there, kept, found again.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "pipelines/graph/kernel_call.h"
#include "pipelines/graph/kernel_uses.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "tests/devices/usable.h"
#include "tests/graph/small_network.h"

namespace lithe::test {
namespace {

/// A small network and a folder for its kernels.
class TuneOnDevices : public ::testing::Test {
 protected:
  TuneOnDevices() {
    std::filesystem::remove_all(folder_);
    use_kernel_folders(folders());
  }
  ~TuneOnDevices() override {
    use_kernel_folders({});
    std::filesystem::remove_all(folder_);
  }
  std::vector<CacheFolder> folders() const {
    std::vector<CacheFolder> one;
    one.emplace_back(folder_, CacheFolder::Kind::kUser);
    return one;
  }
  Session session(Device device) const { return {network_.graph, network_.parameters, {true, device}}; }
  TuneResult tune(Device device, double budget) const {
    const KernelStore store(folder_);
    CompilerProcess compiler;
    NoProgress progress;
    TuneRequest request{budget, kernel_target(device), "test", store.records()};
    return Tuner(std::move(request), store, compiler, progress).run(kernel_uses(session(device), {images_.shape()}));
  }

  const std::string folder_ = ::testing::TempDir() + "lithe_tune_on_devices_" + std::to_string(::getpid());
  const SmallNetwork network_ = small_network();
  const Tensor images_ = random_tensor({2, 3, 9, 11}, 7);
};

TEST_F(TuneOnDevices, FindsKernelsThatGiveTheSameBits) {
  LITHE_NEEDS_A_DEVICE();
  for (const Device device : usable_devices()) {
    SCOPED_TRACE(name_of(device));
    const Tensor expected = session(device).run({images_}).front();
    const TuneResult result = tune(device, 0);
    EXPECT_EQ(result.refused, 0);
    EXPECT_EQ(result.measured, static_cast<int>(result.kernels.size())) << "the usual tile of each";

    use_kernel_folders(folders());
    const Session tuned = session(device);
    std::string specs;
    tuned.each_call({images_.shape()}, [&](const KernelCall& call) { specs += call.spec() + "\n"; });
    EXPECT_THAT(specs, ::testing::StartsWith(std::string(name_of(device)) + ":"));
    EXPECT_EQ(relative_difference(tuned.run({images_}).front(), expected), 0);

    // Another batch is another call: nothing was compiled for it.
    EXPECT_LE(relative_difference(tuned.run({images_.images(1, 1)}).front(), expected.images(1, 1)), 1e-4);
    const KernelCacheState state = KernelCache(folders()).examine(kernel_target_of);
    ASSERT_THAT(state.usable, ::testing::Not(::testing::IsEmpty()));
    EXPECT_THAT(state.misses, ::testing::IsEmpty());
    EXPECT_EQ(state.usable.front().record.identity.device, kernel_target(device).device);
  }
}

TEST_F(TuneOnDevices, AnotherCardIsAMiss) {
  LITHE_NEEDS_A_DEVICE();
  const Device device = usable_devices().front();
  KernelTarget other = kernel_target(device);
  other.device += " of tomorrow";
  EXPECT_THAT(kernel_identity("opencl:relu", kernel_target(device)).mismatch(kernel_identity("opencl:relu", other)),
              ::testing::HasSubstr("another device"));
}

}  // namespace
}  // namespace lithe::test
