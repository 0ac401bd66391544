// `lithe adapt drt` as a user runs it on folders of images: domain/class/image.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace lithe::test {
namespace {

using testing::HasSubstr;

class AdaptProgram : public testing::Test {
 protected:
  // Folders of digits in two looks, one of them in IDX; the fonts are those of the system.
  AdaptProgram() {
    const auto make = [&](const std::string& name, int count, int seed) {
      const std::string idx = folder_ / (name + "-idx");
      return shell("lithe data make-digits --output " + idx + " --count " + std::to_string(count) + " --seed " +
                   std::to_string(seed) + " && lithe data export " + idx + " --output " + (folder_ / name));
    };
    for (const auto& [name, count] : {std::pair{"shop", 120}, {"camera", 80}}) {
      const Outcome made = make(name, count, count);
      EXPECT_EQ(made.code, 0) << made.err;
      std::filesystem::remove(folder_ / (std::string(name) + "/classes.txt"));
    }
  }

  std::string adapt(const std::string& run, const std::string& options) const {
    return "lithe adapt drt --source shop=" + (folder_ / "shop") + " --target camera=" + (folder_ / "camera") +
           " --model drt_digits --set width=0.25 --recipe digits-table --batch 16 --epochs 2 --steps 4 --st-epochs 1 " +
           "--limit 0 --output " + (folder_ / run) + " " + options;
  }

  const Folder folder_;
};

TEST_F(AdaptProgram, MakesAModelForClassify) {
  const Outcome run = shell(adapt("run", "--method drt+st"));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.err, HasSubstr("top-1"));
  const auto summary = nlohmann::json::parse(read_text(folder_ / "run/summary.json"));
  EXPECT_EQ(summary["target"]["domain"], "camera");
  EXPECT_EQ(summary["target"]["images"], 80);
  EXPECT_EQ(summary["kept"]["stage"], "self-train");
  const Outcome classified = shell("lithe classify " + (folder_ / "camera/3") + " --model " +
                                   (folder_ / "run/best.safetensors") + " --output " + (folder_ / "results"));
  EXPECT_EQ(classified.code, 0) << classified.err;
  EXPECT_EQ(shell(adapt("run", "--method drt+st")).code, 0) << "nothing is left to do";
  EXPECT_EQ(shell(adapt("run", "--method drt")).code, 2) << "another configuration";
}

TEST_F(AdaptProgram, SaysWhatIsWrong) {
  const auto expect = [&](const std::string& line, int code, const std::string& text) {
    const Outcome outcome = shell(line);
    EXPECT_EQ(outcome.code, code) << line << "\n" << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(text)) << line;
  };
  expect("lithe adapt", 2, "TASK: expected drt");
  expect("lithe adapt drd", 2, "did you mean \"drt\"?");
  expect("lithe adapt drt --model drt_digits", 2, "--source is missing");
  expect(adapt("wrong", "--source camera"), 2, "expected NAME=PATH");
  expect(adapt("wrong", "--method drt2"), 2, "expected source-only|dann|mcd|drt|drt+st");
  expect(adapt("wrong", "--threads -1"), 2, "--threads: expected 0 or more");
  expect("lithe adapt drt --recipe digit", 2, "did you mean \"digits\"?");
  expect(adapt("wrong", "--source void=" + (folder_ / "void")), 4, "no such file");
  EXPECT_EQ(shell("mkdir " + (folder_ / "empty")).code, 0);
  expect(adapt("wrong", "--source empty=" + (folder_ / "empty")), 4, "there is no file in this folder");
  EXPECT_EQ(shell("rm -r " + (folder_ / "camera/7")).code, 0);
  expect(adapt("wrong", ""), 2, "target camera: its classes are not those of shop: it lacks \"7\"");
  EXPECT_EQ(shell("cp -r " + (folder_ / "camera/1") + " " + (folder_ / "camera/7") + " && mv " +
                  (folder_ / "camera/8") + " " + (folder_ / "camera/eight"))
                .code,
            0);
  expect(adapt("wrong", ""), 2, "it lacks \"8\", and has \"eight\" besides");
  expect(adapt("plain", "--unlabelled-target"), 0, "kept adapt epoch");
  EXPECT_EQ(
      shell("mkdir " + (folder_ / "heap") + " && cp -r " + (folder_ / "camera/1") + " " + (folder_ / "heap/all")).code,
      0);
  expect("lithe adapt drt --model drt_digits --source shop=" + (folder_ / "shop") +
             " --target heap=" + (folder_ / "heap") + " --output " + (folder_ / "wrong"),
         2, "give --unlabelled-target if nobody has sorted its images");
  EXPECT_EQ(shell("for f in " + (folder_ / "shop/0/*.png") + "; do printf broken > $f; done").code, 0);
  expect(adapt("broken", "--unlabelled-target"), 4, "shop/0/");
}

}  // namespace
}  // namespace lithe::test
