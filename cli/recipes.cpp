#include "cli/recipes.h"

#include <algorithm>

#include "pipelines/core/error.h"
#include "pipelines/core/names.h"

namespace lithe::cli {
namespace {

// "published|table"
std::string names_of(const std::vector<Recipe>& recipes) {
  std::string names;
  for (const Recipe& recipe : recipes) names += (names.empty() ? "" : "|") + recipe.name;
  return names;
}

const Recipe& find_recipe(const std::string& name, const std::vector<Recipe>& among) {
  Words names;
  for (const Recipe& recipe : among) {
    if (recipe.name == name) return recipe;
    names.push_back(recipe.name);
  }
  throw Error(ErrorKind::kUsage,
              "--recipe: expected " + names_of(among) + ", got \"" + name + "\"" + did_you_mean(name, names));
}

// "--lr" of "--lr=0.1".
std::string option_of(const std::string& word) { return word.substr(0, word.find('=')); }

// The value behind `--recipe`, as one word or two; empty if there is none.
std::string recipe_in(const Words& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (option_of(arguments[i]) != "--recipe") continue;
    if (arguments[i] != "--recipe") return arguments[i].substr(std::string("--recipe=").size());
    if (i + 1 < arguments.size()) return arguments[i + 1];
  }
  return "";
}

}  // namespace

// micronet, micronet-m3: the scripts of its authors for M0 to M2 and for M3 (Li et al., ICCV 2021; the paper prints a
// tenth of their learning rate). dcd-*: Li et al., ICLR 2021, whose mixup comes in over 100 epochs and is constant
// here.
const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      {"micronet",
       {"--epochs=600", "--batch=256", "--lr=0.1", "--schedule=cosine", "--weight-decay=3e-5", "--crop-area=0.08",
        "--flip"}},
      {"micronet-m3",
       {"--epochs=600", "--batch=512", "--lr=0.2", "--schedule=cosine", "--warmup=5", "--weight-decay=4e-5",
        "--crop-area=0.08", "--flip"}},
      {"dcd-resnet",
       {"--epochs=120", "--batch=256", "--lr=0.1", "--schedule=step", "--milestones=30,60,90", "--weight-decay=1e-4",
        "--label-smoothing=0.1", "--mixup=0.2", "--crop-area=0.08", "--flip"}},
      {"dcd-mobilenet",
       {"--epochs=300", "--batch=512", "--lr=0.1", "--schedule=cosine", "--weight-decay=2e-5", "--label-smoothing=0.1",
        "--mixup=0.2", "--crop-area=0.08", "--flip"}},
      {"small",
       {"--epochs=15", "--batch=128", "--lr=0.4", "--schedule=one-cycle", "--nesterov", "--weight-decay=5e-4",
        "--pad=4", "--flip"}},
  };
  return all;
}

Words with_recipe(const Words& arguments, const std::vector<Recipe>& among) {
  const std::string name = recipe_in(arguments);
  if (name.empty()) return arguments;
  Words all;
  for (const std::string& option : find_recipe(name, among).options) {
    const auto gives_it = [&](const std::string& word) { return option_of(word) == option_of(option); };
    // Of several --set of one key the last wins, so those of the command line come behind.
    const bool set = option_of(option) == "--set";
    if (set || std::none_of(arguments.begin(), arguments.end(), gives_it)) all.push_back(option);
  }
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

Command with_recipes(Command command, const std::vector<Recipe>& among) {
  command.options = [options = command.options, among] {
    std::vector<Option> all = options();
    for (Option& option : all) {
      if (option.name == "recipe") option.value = names_of(among);
    }
    return all;
  };
  command.work = [parsed = command.work, among](const Words& arguments) {
    return parsed(with_recipe(arguments, among));
  };
  return command;
}

}  // namespace lithe::cli
