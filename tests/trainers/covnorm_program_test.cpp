// `lithe adapt covnorm` and what comes after it, as a user runs them.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "pipelines/core/file.h"
#include "tests/cli/program.h"
#include "tests/trainers/two_classes.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class CovNormProgram : public testing::Test {
 protected:
  CovNormProgram() { write_two_classes(folder_ / "data"); }

  Outcome adapt(const std::string& options) const {
    return shell("lithe adapt covnorm --output " + (folder_ / "run") + " --batch 24 --epochs 2 --mini-epochs 1 " +
                 "--tune-epochs 1 --backbone-epochs 1 " + options);
  }
  std::string with_backbone() const {
    return "--model resnet8 --set width=0.25 --backbone-data " + (folder_ / "data") + " ";
  }

  const Folder folder_;
};

TEST_F(CovNormProgram, GoesFromImagesToADomainThatClassifies) {
  const std::string add = with_backbone() + "--add halves=" + (folder_ / "data");
  const Outcome plan = adapt(add + " --dry-run");
  EXPECT_EQ(plan.code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("backbone: train resnet8"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run"));

  const Outcome run = adapt(add);
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("halves                   covnorm"));
  EXPECT_THAT(adapt(add).err, Not(HasSubstr("epoch"))) << "nothing is left to do";

  const std::string model = " --model " + (folder_ / "run/backbone.safetensors") + " --domain halves ";
  const Outcome evaluated = shell("lithe evaluate --json --data " + (folder_ / "data") + model);
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  EXPECT_EQ(nlohmann::json::parse(evaluated.out)["images"], kTwoClassesImages);
  const Outcome exported = shell("lithe export " + (folder_ / "run/backbone.safetensors") +
                                 " --domain halves --output " + (folder_ / "halves.safetensors"));
  EXPECT_EQ(exported.code, 0) << exported.err;
  const Outcome classified =
      shell("lithe data export " + (folder_ / "data") + " --output " + (folder_ / "images") + " --limit 3 && find " +
            (folder_ / "images") + " -name '*.png' | lithe classify -" + model + "--output " + (folder_ / "results"));
  EXPECT_EQ(classified.code, 0) << classified.err;
}

TEST_F(CovNormProgram, SaysWhatIsWrong) {
  EXPECT_EQ(adapt("--add halves=" + (folder_ / "data")).code, 2);
  EXPECT_THAT(adapt("--add halves=" + (folder_ / "data")).err, HasSubstr("no backbone"));
  EXPECT_EQ(adapt(with_backbone() + "--method lora").code, 2);
  EXPECT_EQ(adapt(with_backbone() + "--add halves=/nowhere").code, 4);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "run")) << "said before anything is trained";
  const auto complaint = [&](const std::string& options) { return adapt(with_backbone() + options).err; };
  EXPECT_THAT(complaint("--add halves=a --add halves=b"),
              HasSubstr("--add halves=b: the name halves is taken already"));
  EXPECT_THAT(complaint("--add a/b=" + (folder_ / "data")), HasSubstr("a domain's name is made of letters"));
  std::filesystem::create_directories(folder_ / "empty/cat");
  std::filesystem::create_directories(folder_ / "few/cat");
  EXPECT_THAT(complaint("--add empty=" + (folder_ / "empty")), HasSubstr("there is no file in this folder"));
  lithe::write_file(folder_ / "few/cat/1.pgm", "P5 1 1 255 \x7f");
  EXPECT_THAT(complaint("--add few=" + (folder_ / "few")), HasSubstr("few: 1 images of 1 classes are too few"));
  EXPECT_THAT(adapt("--backbone resnet8").err, HasSubstr("--backbone resnet8: no such file; expected a model file"));
  std::filesystem::create_directories(folder_ / "run");
  lithe::write_file(folder_ / "run/run.json", "{}");
  EXPECT_THAT(complaint(""), HasSubstr("is the folder of another run"));
  std::filesystem::remove(folder_ / "run/run.json");
  EXPECT_EQ(adapt(with_backbone()).code, 0);
  const Outcome other =
      shell("lithe train classify --data " + (folder_ / "data") + " --model resnet8 --output " + (folder_ / "run"));
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("is the folder of `lithe adapt covnorm`"));
  EXPECT_THAT(adapt("--model resnet20 --backbone-data x").err, HasSubstr("is a resnet8, not the resnet20"));
  const std::string model = " --model " + (folder_ / "run/backbone.safetensors");
  const Outcome unknown = shell("lithe evaluate --data " + (folder_ / "data") + model + " --domain digits");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("has no such domain"));
  EXPECT_THAT(shell("lithe adapt covnorm --help").out, HasSubstr("--tau"));
}

}  // namespace
}  // namespace lithe::test
