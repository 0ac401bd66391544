// --device as users meet it.
#include "tests/cli/program.h"
#include "tests/devices/usable.h"

namespace lithe::testing {
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

TEST(DeviceOption, IsForOurOwnEngine) {
  LITHE_NEEDS_A_DEVICE();
  const Outcome outcome = shell("lithe bench micronet_m0 --engine opencv --device opencl");
  EXPECT_EQ(outcome.code, 2) << outcome.err;
}

}  // namespace
}  // namespace lithe::testing
