// --device as users meet it.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/devices/usable.h"

namespace lithe::test {
namespace {

using test::Outcome;
using test::shell;

TEST(DeviceOption, AnUnknownDeviceIsAUsageError) {
  const Outcome outcome = shell("lithe bench micronet_m0 --device opengl");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_NE(outcome.err.find("opencl"), std::string::npos) << outcome.err;
}

TEST(DeviceOption, AMissingDriverIsAUsageError) {
  const std::vector<Device> usable = usable_devices();
  if (usable.size() == 2 && usable.back() == Device::kCuda) return;  // nothing is missing here
  const Outcome outcome = shell("lithe bench micronet_m0 --device cuda");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_EQ(outcome.err.rfind("error: --device cuda: ", 0), 0u) << outcome.err;
}

TEST(DeviceOption, AutoFallsBackAndSaysSo) {
  const Outcome outcome = shell("lithe bench micronet_m0 --device auto --repeat 1 --min-time 0 --json");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("--device auto takes "), std::string::npos) << outcome.err;
}

TEST(DeviceOption, BenchSaysWhatItMeasured) {
  LITHE_NEEDS_A_DEVICE();
  const std::string name = name_of(usable_devices().front());
  const Outcome outcome = shell("lithe bench micronet_m0 --device " + name + " --repeat 1 --min-time 0");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("(" + name + ")"), std::string::npos) << outcome.out;
}

TEST(DeviceOption, OfTuneIsCheckedFirst) {
  EXPECT_EQ(shell("lithe tune micronet_m0 --device opengl").code, 2);
  const Outcome shipped = shell("lithe tune --shipped --device opencl");
  EXPECT_EQ(shipped.code, 2);
  EXPECT_NE(shipped.err.find("leave out --device"), std::string::npos) << shipped.err;
  const std::vector<Device> usable = usable_devices();
  if (!usable.empty() && usable.back() == Device::kCuda) return;
  const Outcome missing = shell("lithe tune micronet_m0 --device cuda");
  EXPECT_EQ(missing.code, 2) << missing.err;
  EXPECT_EQ(missing.err.rfind("error: --device cuda: ", 0), 0u) << missing.err;
}

TEST(DeviceOption, OfTuneSearchesThere) {
  LITHE_NEEDS_A_DEVICE();
  const std::string name = name_of(usable_devices().front());
  const test::Folder folder;
  const std::string cache = " --cache " + (folder / "kernels");
  const Outcome tuned = shell("lithe tune micronet_m0 --budget 6s --quiet --device " + name + cache);
  EXPECT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_NE(tuned.out.find("ms after"), std::string::npos) << tuned.out;
  EXPECT_NE(shell("lithe tune ls" + cache).out.find(name + ":"), std::string::npos);
  EXPECT_EQ(shell("lithe tune verify" + cache).code, 0);
  const std::string tiles = folder / "tiles";
  EXPECT_EQ(shell("lithe tune export " + tiles + cache + " && lithe tune import " + tiles + cache).code, 0);
}

TEST(DeviceOption, PreprocessingOnADeviceNeedsOne) {
  const test::Folder folder;
  const std::string line =
      "lithe classify " LITHE_SOURCE_DIR "/README.md --model micronet_m0 --output " + (folder / "out");
  const Outcome alone = shell(line + " --preprocess cuda");
  EXPECT_EQ(alone.code, 2) << alone.err;
  EXPECT_NE(alone.err.find("--preprocess cuda: needs --device cuda"), std::string::npos) << alone.err;
  EXPECT_EQ(shell(line + " --preprocess gpu").code, 2);
}

TEST(Doctor, ListsWhatEachDriverOffersOrWhyNothing) {
  const auto devices = nlohmann::json::parse(shell("lithe doctor --json").out).at("devices");
  const std::vector<Device> usable = usable_devices();
  for (const Device device : {Device::kOpenCl, Device::kCuda}) {
    const auto& said = devices.at(name_of(device));
    if (std::count(usable.begin(), usable.end(), device)) {
      EXPECT_FALSE(said.at("offers").empty());
      EXPECT_EQ(said.at("takes"), description_of(device));
    } else {
      EXPECT_FALSE(said.at("reason").empty());
    }
  }
}

TEST(DeviceOption, IsForOurOwnEngine) {
  LITHE_NEEDS_A_DEVICE();
  const Outcome outcome = shell("lithe bench micronet_m0 --engine opencv --device opencl");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
}

}  // namespace
}  // namespace lithe::test
