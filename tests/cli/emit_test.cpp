// Kernels for another machine: compiled here, taken over there. The other machine is this one with its least
// instruction set.
#include <gmock/gmock.h>

#include "pipelines/core/random.h"
#include "pipelines/formats/safetensors.h"
#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

constexpr char kNetwork[] = "resnet18 --set input_size=32";

class Emit : public testing::Test {
 protected:
  // `line` on the other machine, with that folder of kernels.
  Outcome there(const std::string& cache, const std::string& line) const {
    return shell("export LITHE_INSTRUCTION_SET=baseline LITHE_KERNEL_CACHE=" + cache + "\n" + line);
  }
  std::string outputs(const std::string& cache) const {
    const Outcome run = there(
        cache, "lithe run --input " + (folder_ / "in") + " --output " + (folder_ / "out") + " --model " + kNetwork);
    EXPECT_EQ(run.code, 0) << run.err;
    return read_text(folder_ / "out");
  }

  const Folder folder_;
  const std::string bundle_ = folder_ / "bundle";
};

TEST_F(Emit, ServesAnotherMachineWithTheSameBits) {
  const std::string line =
      std::string("LITHE_KERNEL_CACHE=none lithe tune --emit-for x86-64 --output ") + bundle_ + " " + kNetwork;
  const Outcome emitted = shell(line);
  ASSERT_EQ(emitted.code, 0) << emitted.err;
  EXPECT_THAT(shell(line).err, HasSubstr(" 0 of them new")) << "continues where it stopped";

  const RandomStream random(1, "image");
  Tensor image({1, 3, 32, 32});
  for (int64_t i = 0; i < image.size(); ++i)
    image.data()[i] = static_cast<float>(random.normal(static_cast<uint64_t>(i)));
  write_safetensors(folder_ / "in", {{"input", image}}, {});
  const std::string generic = outputs("none");
  EXPECT_EQ(outputs(bundle_), generic);
  EXPECT_EQ(there(bundle_, "lithe tune verify --cache " + bundle_).code, 0);
  EXPECT_THAT(there(bundle_, "lithe tune ls").out, HasSubstr("not measured"));

  const std::string own = folder_ / "own";
  const Outcome taken = there(own, "lithe tune import " + bundle_);
  EXPECT_EQ(taken.code, 0) << taken.err;
  EXPECT_EQ(there(own, "lithe tune verify --cache " + own).code, 0);
  EXPECT_EQ(outputs(own), generic);
  EXPECT_THAT(there(own, "lithe tune import " + bundle_).err, HasSubstr("0 kernels taken over"));

  ASSERT_EQ(shell("sed -i s/baseline/neon/ " + bundle_ + "/kernels.jsonl").code, 0);
  const Outcome refused = there(folder_ / "other", "lithe tune import " + bundle_);
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("another instruction set: neon, here it is baseline"));
  ASSERT_EQ(shell("chmod go+w " + bundle_).code, 0);
  EXPECT_THAT(there(folder_ / "other", "lithe tune import " + bundle_).err, HasSubstr("others may write it"));
}

TEST_F(Emit, SaysWhatIsWrong) {
  const auto run = [&](const std::string& arguments) {
    return shell("cd " + folder_.path() + "; lithe tune " + arguments);
  };
  EXPECT_EQ(run("micronet_m0 --emit-for x").code, 2);
  EXPECT_THAT(run("micronet_m0 --emit-for x").err, HasSubstr("aarch64|x86-64"));
  EXPECT_EQ(run("ls --emit-for aarch64").code, 2);
  EXPECT_EQ(run("micronet_m0 --output elsewhere").code, 2);
  // Only lithe and its kernel compiler are in the path.
  const Outcome without =
      shell("cd " + folder_.path() + "; PATH=" LITHE_BINARY_DIR " lithe tune --emit-for aarch64 " + kNetwork);
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.err, HasSubstr("binutils-aarch64-linux-gnu"));
}

}  // namespace
}  // namespace lithe::test
