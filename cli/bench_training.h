#pragma once
// `lithe bench --training`: forward, backward and optimiser step of one network.

#include <nlohmann/json_fwd.hpp>

#include "pipelines/core/tensor.h"
#include "pipelines/model/model.h"

namespace lithe::cli {

/// Trains on `images` with the threads that are set, `steps` times at least and `seconds` at least. Times in
/// milliseconds; forward, backward and optimiser are those of the median step. With `profile` also "profile", one
/// object per kernel.
nlohmann::ordered_json measure_training_steps(const Model& model, const Tensor& images, int steps, double seconds,
                                              bool profile);

/// "profile" of that as a table on standard output.
void print_training_profile(const nlohmann::ordered_json& profile);

}  // namespace lithe::cli
