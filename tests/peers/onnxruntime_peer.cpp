// onnxruntime_peer LIBRARY MODEL.onnx [--input IN.safetensors --reference OUT.safetensors]
// onnxruntime_peer --image IN.safetensors
// Prints one JSON object: without files the times of a single-threaded batch-1 inference, with them the largest
// difference of onnxruntime's output from the reference's, relative as in `relative_difference`. The second form writes
// the image that is measured with.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <vector>

#include "pipelines/formats/safetensors.h"
#include "pipelines/networks/calibrate.h"
#include "tests/peers/onnxruntime.h"

namespace {

using Clock = std::chrono::steady_clock;
double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Unlike the images that calibrated the seeded weights, but of the same kind.
lithe::Tensor image() { return lithe::noise_images(1, 3, 224, 224, 20); }

// Runs for about two seconds and at least 50 times.
nlohmann::json measure(lithe::OnnxRuntime& engine, Clock::time_point started) {
  const lithe::Tensor input = image();
  engine.set_input(input);
  const double load = milliseconds_since(started);
  std::vector<double> times;
  double total = 0;
  while (times.size() < 50 || (total < 2000 && times.size() < 2000)) {
    const auto start = Clock::now();
    engine.run();
    times.push_back(milliseconds_since(start));
    total += times.back();
  }
  const double first = times.front();
  std::sort(times.begin(), times.end());
  return {{"engine", "onnxruntime"},
          {"batch", 1},
          {"threads", 1},
          {"load_ms", load},
          {"first_ms", first},
          {"min_ms", times.front()},
          {"median_ms", times[times.size() / 2]}};
}

nlohmann::json compare(lithe::OnnxRuntime& engine, const std::string& input, const std::string& reference) {
  const auto given = lithe::read_safetensors(input).tensors;
  const auto expected = lithe::read_safetensors(reference).tensors;
  engine.set_input(given.at("input"));
  engine.run();
  const std::vector<lithe::Tensor> outputs = engine.outputs();
  return {{"difference", lithe::relative_difference(outputs.at(0), expected.at("output"))}};
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 2 && arguments[0] == "--image") {
    lithe::write_safetensors(arguments[1], {{"input", image()}});
    return 0;
  }
  const bool comparing = arguments.size() == 6 && arguments[2] == "--input" && arguments[4] == "--reference";
  if (arguments.size() != 2 && !comparing) {
    std::fprintf(stderr, "usage: onnxruntime_peer LIBRARY MODEL.onnx [--input FILE --reference FILE] | --image FILE\n");
    return 2;
  }
  const auto started = Clock::now();
  lithe::OnnxRuntime engine(arguments[0], arguments[1], 1);
  const auto result = comparing ? compare(engine, arguments[3], arguments[5]) : measure(engine, started);
  std::printf("%s\n", result.dump().c_str());
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "onnxruntime_peer: %s\n", error.what());
  return 1;
}
