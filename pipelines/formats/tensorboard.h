#pragma once
// The event files of TensorBoard: curves of scalars.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace lithe {

/// What was measured at one step.
struct ScalarEvent {
  double wall_time = 0;  // seconds since 1970
  int64_t step = 0;
  std::vector<std::pair<std::string, double>> scalars;  // by tag, like "train/loss"; the file holds them as float32
};

/// The bytes of an event file that begins at `start` (seconds since 1970): TFRecord frames, each with a masked CRC-32C
/// of its length and of its data, around the protobuf message Event. More events only add bytes at the end.
std::string tensorboard_file(double start, const std::vector<ScalarEvent>& events);

}  // namespace lithe
