#pragma once
// `lithe bench --decode-only`: the bound of every job on a folder of images.

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lithe::cli {

/// Reads the images below `folder` with the threads that are set, and no network.
nlohmann::ordered_json measure_decoding(const std::string& folder, double min_seconds);

}  // namespace lithe::cli
