// The published network at its full size: minutes and 5 GB, so it is disabled by day.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"
#include "tests/trainers/two_classes.h"

namespace lithe::test {
namespace {

TEST(CovNormNightly, DISABLED_EveryStageOfVgg16RunsAtFullSize) {
  const Folder folder;
  write_two_classes(folder / "data");
  const Outcome run =
      shell("cd " + folder.path() + " && lithe export vgg16 --output vgg16.safetensors && " +
            "lithe adapt covnorm --backbone vgg16.safetensors --add halves=data --batch 2 --limit 4 --epochs 1 " +
            "--mini-epochs 1 --tune-epochs 1 --output run");
  ASSERT_EQ(run.code, 0) << run.err;
  const nlohmann::json report = nlohmann::json::parse(read_text(folder / "run/report.json"));
  ASSERT_EQ(report.at(0).at("stages").size(), 6u);
  const std::string ranks = report[0]["stages"][2].at("ranks");
  EXPECT_EQ(std::count(ranks.begin(), ranks.end(), 'x'), 15);
  EXPECT_LT(report[0].at("share"), 0.2);
}

}  // namespace
}  // namespace lithe::test
