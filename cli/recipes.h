#pragma once
// Recipes: sets of defaults for `lithe train`, under the names of who published them.

#include <string>

#include "cli/options.h"

namespace lithe::cli {

constexpr const char* kRecipeHelp = "other defaults: those of a paper, or `small` for images of 32 x 32";
constexpr const char* kRecipeChoices = "micronet|micronet-m3|dcd-resnet|dcd-mobilenet|small";

/// The arguments and, for a `--recipe` among them, its options that they do not give themselves. Throws Error(kUsage)
/// for an unknown recipe.
Words with_recipe(const Words& arguments);

}  // namespace lithe::cli
