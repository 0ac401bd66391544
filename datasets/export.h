#pragma once

#include <string>

#include "datasets/dataset.h"
#include "pipelines/core/progress.h"

namespace lithe {

/// A class name as the name of its folder: never a path, never hidden.
std::string folder_name(std::string name);

/// Writes the images of one split as `folder`/CLASS/NUMBER.png, and `folder`/classes.txt with the names of the classes
/// in the order of their labels; at most `limit` images (0: all), evenly spaced. Returns how many. Throws
/// Error(kOutput) if one could not be written.
int64_t export_images(const std::string& where, const std::string& split, const std::string& folder, int64_t limit,
                      Progress& progress);

}  // namespace lithe
