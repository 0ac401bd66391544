#include "cli/recipes.h"

#include <gmock/gmock.h>

#include "pipelines/core/error.h"

namespace lithe::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

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

TEST(Recipes, AreTheChoicesOfTheOption) {
  std::string name;
  OptionCollector collector;
  collector("recipe", name, kRecipeHelp, kRecipeChoices);
  for (const std::string& choice : collector.take().at(0).choices()) {
    EXPECT_GT(with_recipe({"--recipe=" + choice}).size(), 5u) << choice;
  }
}

}  // namespace
}  // namespace lithe::cli
