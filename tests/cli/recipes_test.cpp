#include "cli/recipes.h"

#include <gmock/gmock.h>

#include <sstream>

#include "pipelines/core/error.h"
#include "tests/cli/program.h"

namespace lithe::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

TEST(Recipes, GiveWhatTheArgumentsDoNot) {
  const Words words = with_recipe({"classify", "--recipe", "small", "--lr", "0.1", "--epochs=2"});
  EXPECT_THAT(words, Contains("--schedule=one-cycle"));
  EXPECT_THAT(words, Not(Contains("--lr=0.4")));
  EXPECT_THAT(words, Not(Contains("--epochs=15")));
  EXPECT_THAT(with_recipe({"--recipe=micronet"}), Contains("--weight-decay=3e-5"));
}

TEST(Recipes, WithoutOneNothingChanges) {
  EXPECT_THAT(with_recipe({"classify", "--lr", "0.1"}), ElementsAre("classify", "--lr", "0.1"));
  EXPECT_THAT(with_recipe({"--recipe"}), ElementsAre("--recipe"));  // the parser says what is missing
}

TEST(Recipes, OptionsOfTheNetworkAreOverriddenByThoseBehindThem) {
  const std::vector<Recipe> recipes = {{"narrow", {"--set=width=0.5", "--lr=1"}}};
  EXPECT_THAT(with_recipe({"--recipe=narrow", "--lr=2", "--set", "kernels=0"}, recipes),
              ElementsAre("--set=width=0.5", "--recipe=narrow", "--lr=2", "--set", "kernels=0"));
}

TEST(Recipes, AnUnknownOneIsAnError) { EXPECT_THROW(with_recipe({"--recipe", "smal"}), Error); }

// The words behind `--recipe` in a command's help.
Words recipes_in_help(const std::string& command) {
  std::istringstream help(test::shell("lithe " + command + " --help").out);
  for (std::string word; help >> word;) {
    if (word != "--recipe" || !(help >> word) || word.find('|') == std::string::npos) continue;  // or an example
    Option option;
    option.value = word;
    return option.choices();
  }
  return {};
}

// Reading data is what comes first behind the options.
TEST(Recipes, ThoseNamedInHelpCanBeRead) {
  const test::Folder folder;
  for (const std::string command : {"train classify --model resnet8 --data /nowhere",
                                    "adapt drt --model drt_digits --source a=/nowhere --target b=/nowhere",
                                    "adapt covnorm --model resnet8 --backbone-data /nowhere --add a=/nowhere"}) {
    const Words names = recipes_in_help(command);
    EXPECT_GE(names.size(), 2u) << command;
    for (const std::string& name : names) {
      const std::string line = "lithe " + command + " --output " + (folder / "run") + " --recipe " + name;
      EXPECT_THAT(test::shell(line).err, StartsWith("error: /nowhere")) << line;
    }
  }
}

}  // namespace
}  // namespace lithe::cli
