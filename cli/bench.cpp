#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/bench_decode.h"
#include "cli/bench_profile.h"
#include "cli/bench_training.h"
#include "cli/command.h"
#include "cli/device_option.h"
#include "cli/engine.h"
#include "cli/machine.h"
#include "cli/noise.h"
#include "cli/peak.h"
#include "pipelines/core/clock.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/graph/weights_precision.h"
#include "pipelines/networks/calibrate.h"

namespace lithe::cli {
namespace {

struct BenchOptions {
  ModelRequest request;
  std::optional<std::string> network;
  std::string file, decode_only, engine = "halide", device = "cpu", weights_precision = "f32";
  int64_t batch = 1, input_size = 0;
  int threads = 1, repeat = 10;
  double min_time = 1;
  std::optional<double> fail_if_slower;
  bool training = false, profile = false, json = false;
  template <class Field>
  void visit(Field&& f) {
    f.positional("network", network, "network of `lithe list networks`, or model file", "NETWORK|FILE");
    f("model", file, "file to run instead, under that network's name", "FILE");
    f("weights", request.weights, "weights file; without one a network gets seeded weights", "FILE");
    f("set", request.options, "option of the network");
    f("engine", engine, "what computes: Lithe's kernels or OpenCV", "halide|opencv");
    f("device", device, kDeviceHelp, kDeviceChoices);
    f("weights-precision", weights_precision, kWeightsPrecisionHelp, kWeightsPrecisionChoices);
    f("training", training, "whole training steps instead: forward, backward and SGD");
    f("batch", batch, "images per pass");
    f("input-size", input_size, "square images of N pixels; 0: those of the network");
    f("threads", threads, "threads; 0: one per core");
    f("repeat", repeat, "passes at least");
    f("min-time", min_time, "seconds at least");
    f("fail-if-slower", fail_if_slower, "exit with 7 if the median is above X milliseconds");
    f("profile", profile,
      "also the time of every step of one image's pass, with what bounds it; of every kernel of a training step");
    f("decode-only", decode_only, "read the images below DIR without a network: no job on them is faster", "DIR");
    f("json", json, "as JSON");
  }
};

double ms_since(Clock::time_point start) { return 1e3 * seconds_since(start); }

std::vector<double> pass_times(const BenchOptions& o, const Engine& engine, const Tensor& images) {
  std::vector<double> times;
  const auto start = Clock::now();
  while (static_cast<int>(times.size()) < o.repeat || ms_since(start) < o.min_time * 1000) {
    const auto pass = Clock::now();
    engine.run(images);
    times.push_back(ms_since(pass));
  }
  std::sort(times.begin(), times.end());
  return times;
}

ProfileReport profile_of(const Engine& engine, const std::vector<double>& times, const Tensor& images) {
  return {profile(*engine.session, {images}, static_cast<int>(times.size())), times.front() / 1e3,
          threads() * peak_gflops(instruction_set())};
}

void print(const nlohmann::ordered_json& answer) {
  for (const auto& [key, value] : answer.items()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value.is_number() ? value.get<double>() : 0.0);
    std::cout << key << ": " << (value.is_number() ? text : value.get<std::string>()) << "\n";
  }
}

// The largest of the outputs from those with float32 weights, for images of the kind that seeded weights are made for:
// on others those are not stable.
double difference_from_f32(const ModelRequest& request, const Session& session, const Shape& image) {
  constexpr int64_t kImages = 8;
  constexpr uint64_t kSeed = 20;  // other images than those that calibrated the weights
  const Tensor images = noise_images(kImages, image.at(1), image.at(2), image.at(3), kSeed);
  const Model model = load_model(request);
  const std::vector<Tensor> given = session.run({images});
  const std::vector<Tensor> exact = Session(model.graph, model.parameters).run({images});
  double largest = 0;
  for (size_t i = 0; i < given.size(); ++i) largest = std::max(largest, relative_difference(given[i], exact[i]));
  return largest;
}

void show(const BenchOptions& o, nlohmann::ordered_json answer, const std::optional<ProfileReport>& report = {}) {
  if (o.json) {
    if (report) answer["profile"] = as_json(*report);
    std::cout << answer.dump(2) << "\n";
  } else {
    print(answer);
    if (report) print(*report);
  }
}

void check_speed(const BenchOptions& o, double median) {
  if (!o.fail_if_slower || median <= *o.fail_if_slower) return;
  throw Error(ErrorKind::kCheck, "the median pass took " + std::to_string(median) + " ms, at most " +
                                     std::to_string(*o.fail_if_slower) + " ms were asked for");
}

void decode(const BenchOptions& o) {
  if (o.network || !o.file.empty()) throw Error(ErrorKind::kUsage, "--decode-only: takes no network");
  show(o, measure_decoding(o.decode_only, o.min_time));
}

void train(const BenchOptions& o, const ModelRequest& request) {
  const Model model = load_model(request);
  Shape shape = input_shapes(model.graph, o.batch).at(0);
  if (o.input_size != 0) shape.at(2) = shape.at(3) = o.input_size;
  nlohmann::ordered_json answer = measure_training_steps(model, noise(shape), o.repeat, o.min_time, o.profile);
  if (o.json || !o.profile) {
    show(o, answer);
  } else {
    const nlohmann::ordered_json profile = answer["profile"];
    answer.erase("profile");
    show(o, answer);
    print_training_profile(profile);
  }
  check_speed(o, answer["median_ms"]);
}

void check_options(const BenchOptions& o) {
  at_least(1, "--batch", o.batch);
  at_least(1, "--repeat", o.repeat);
  at_least(0, "--threads", o.threads);
  at_least(0, "--input-size", o.input_size);
  if (o.profile && (o.engine != "halide" || (o.batch != 1 && !o.training))) {
    throw Error(ErrorKind::kUsage, "--profile: shows Lithe's own engine on one image; leave out --engine and --batch");
  }
  if (o.profile && o.device != "cpu") {
    throw Error(ErrorKind::kUsage, "--profile: compares with what the processor can do; leave out --device");
  }
  if (!o.training) return;
  const bool forward_only = o.engine != "halide" || o.device != "cpu" || o.weights_precision != "f32";
  if (forward_only || !o.decode_only.empty()) {
    throw Error(ErrorKind::kUsage,
                "--training: runs on the processor in float32; leave out --engine, --device, --weights-precision "
                "and --decode-only");
  }
  at_least(2, "--batch", o.batch);  // statistics of a batch
}

void bench(const BenchOptions& o) {
  check_options(o);
  set_threads(o.threads);
  if (!o.decode_only.empty()) return decode(o);
  if (!o.network) throw Error(ErrorKind::kUsage, "NETWORK|FILE is missing: `lithe list networks` names them");
  ModelRequest request = o.request;
  request.model = o.file.empty() ? *o.network : o.file;
  if (o.training) return train(o, request);
  const auto start = Clock::now();
  const Device device = device_of(o.device);
  const DType weights = weights_precision(o.weights_precision);
  const Engine engine = make_engine(o.engine, request, o.batch, o.input_size, {true, device, weights});
  const double load_ms = ms_since(start);

  Shape shape = engine.image;
  shape.at(0) = o.batch;
  const Tensor images = noise(shape);
  const auto first = Clock::now();
  engine.run(images);
  const double first_ms = ms_since(first);
  const std::vector<double> times = pass_times(o, engine, images);
  const double median = (times[times.size() / 2] + times[(times.size() - 1) / 2]) / 2;

  nlohmann::ordered_json answer = {{"network", *o.network},
                                   {"engine", o.engine},
                                   {"batch", o.batch},
                                   {"threads", threads()},
                                   {"device", device == Device::kCpu ? cpu_name() : description_of(device)},
                                   {"load_ms", load_ms},
                                   {"first_ms", first_ms},
                                   {"min_ms", times.front()},
                                   {"median_ms", median},
                                   {"images_per_second", 1000 * static_cast<double>(o.batch) / median},
                                   {"peak_rss_mb", peak_rss_mb()}};
  if (weights != DType::kF32) {
    answer["weights_precision"] = o.weights_precision;
    answer["difference_from_f32"] = difference_from_f32(request, *engine.session, shape);
  }
  std::optional<ProfileReport> report;
  if (o.profile) report = profile_of(engine, times, images);
  show(o, answer, report);
  check_speed(o, median);
}

}  // namespace

extern const Command kBench = command<BenchOptions>(
    "bench", "time forward passes or training steps of a network", bench,
    {{"lithe bench micronet_m0", "one image, one thread, seeded weights"},
     {"lithe bench mobilenet_v2 --batch 32 --threads 0 --json", "throughput on all cores"},
     {"lithe bench mobilenet_v2 --engine opencv --model mobilenet_v2.onnx", "the same in OpenCV"},
     {"lithe bench resnet8 --training --batch 32 --threads 2", "forward, backward and optimiser step"},
     {"lithe bench micronet_m0 --profile", "where the time goes, kernel by kernel"},
     {"lithe bench --decode-only photos --threads 0", "the bound of `lithe classify photos`"},
     {"lithe bench micronet_m0 --weights-precision bf16", "half the bytes of its linear layers, and what that changes"},
     {"lithe bench micronet_m3 --fail-if-slower 5", "a check for a script: exit code 7 above 5 ms"}});

}  // namespace lithe::cli
