#pragma once
// Recipes: sets of defaults for training, under the names of who published them.

#include <string>
#include <vector>

#include "cli/command.h"

namespace lithe::cli {

struct Recipe {
  std::string name;
  Words options;  // "--lr=0.1"
};
/// Those of `lithe train`.
const std::vector<Recipe>& recipes();

/// The arguments and, for a `--recipe` among them, its options that they do not give themselves. Throws Error(kUsage)
/// for an unknown recipe.
Words with_recipe(const Words& arguments, const std::vector<Recipe>& among = recipes());
/// A command that does so before it reads its arguments; what its option `--recipe` takes are their names.
Command with_recipes(Command command, const std::vector<Recipe>& among = recipes());

}  // namespace lithe::cli
