// The search for one model, and its report.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/device_option.h"
#include "cli/interrupt.h"
#include "cli/tune.h"
#include "cli/tune_subject.h"
#include "pipelines/graph/kernel_uses.h"
#include "pipelines/graph/kernels.h"
#include "pipelines/kernel_cache/kernel_cache.h"
#include "pipelines/kernel_cache/record_journal.h"
#include "pipelines/networks/registry.h"

namespace lithe::cli {
namespace {

constexpr double kLatencyTime = 1000;  // milliseconds that measuring the model takes, before and after together
constexpr int kPasses = 5;
constexpr double kRest = 0.02;  // of the time: kernels that the table leaves out

double seconds_of(const std::string& budget) {
  double number = 0;
  std::string unit = "s";
  char text[4] = {};
  const int read = std::sscanf(budget.c_str(), "%lf%3s", &number, text);
  if (read == 2) unit = text;
  const double factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : -1;
  if (read >= 1 && factor > 0 && number >= 0 && std::isfinite(number)) return number * factor;
  throw Error(ErrorKind::kUsage, "--budget: expected a time such as 60s, 5m or 1h, got \"" + budget + "\"");
}

bool equal_bits(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (std::memcmp(a[i].raw(), b[i].raw(), static_cast<size_t>(a[i].bytes())) != 0) return false;
  }
  return a.size() == b.size();
}

struct Latency {
  double before = 0, after = 0;  // milliseconds of the fastest pass
};

// Of the processor, what this thread used; on a device, until the results are here.
double milliseconds(Device device) {
  if (device == Device::kCpu) return thread_microseconds() / 1000;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Both take turns, so that what disturbs the machine disturbs both.
Latency latency(TuneSubject& before, TuneSubject& after, Device device) {
  const auto timed = [&](TuneSubject& subject) {
    const double from = milliseconds(device);
    subject.run();
    return milliseconds(device) - from;
  };
  Latency best{timed(before), timed(after)};
  double spent = 0;
  for (int pass = 0; pass < kPasses || spent < kLatencyTime; ++pass) {
    const double one = timed(before), other = timed(after);
    best = {std::min(best.before, one), std::min(best.after, other)};
    spent += one + other;
  }
  return best;
}

TuneRequest request(const TuneOptions& o, const KernelStore& store, const std::string& plan, Device device) {
  TuneRequest request{o.shipped ? 0 : seconds_of(o.budget), kernel_target(device), plan, store.records()};
  if (!o.cache.empty()) return request;
  const CacheFolder shipped(shipped_kernel_folder(), CacheFolder::Kind::kShipped);
  each_line(shipped.journal(), [&](std::string_view line, int) {
    if (!spec_of_kept(line).empty()) request.known.push_back(parse_kernel_record(line));
  });
  return request;
}

nlohmann::ordered_json as_json(const TuneResult& result, const Latency& model) {
  nlohmann::ordered_json kernels = nlohmann::ordered_json::array();
  for (const TunedKernel& k : result.kernels) {
    kernels.push_back(
        {{"kernel", k.spec}, {"count", k.count}, {"tile", k.tile}, {"before_us", k.before}, {"after_us", k.after}});
  }
  return {{"kernels", kernels},
          {"candidates", result.measured},
          {"refused", result.refused},
          {"before_ms", model.before},
          {"after_ms", model.after}};
}

void print(const TuneResult& result, const Latency& model) {
  double left = 0;
  for (const TunedKernel& k : result.kernels) left += k.before * k.count;
  const double rest = left * kRest;
  std::printf("%-52s %5s %10s %10s %6s  %s\n", "kernel", "calls", "before us", "after us", "gain", "tile");
  size_t shown = 0;
  for (const TunedKernel& k : result.kernels) {
    if (left < rest) break;
    left -= k.before * k.count;
    ++shown;
    std::printf("%-52s %5d %10.1f %10.1f %5.2fx  %s\n", short_spec(k.spec).c_str(), k.count, k.before, k.after,
                k.before / k.after, to_string(k.tile).c_str());
  }
  if (shown < result.kernels.size()) {
    std::printf("and %zu kernels with %.0f%% of the time\n", result.kernels.size() - shown, 100 * kRest);
  }
  std::printf("model: %.4g ms before, %.4g ms after, %.2fx\n", model.before, model.after, model.before / model.after);
}

std::string summary(const TuneResult& result) {
  const auto gained = std::count_if(result.kernels.begin(), result.kernels.end(),
                                    [](const TunedKernel& k) { return k.after != k.before; });
  std::string text = std::to_string(result.kernels.size()) + " kernels, " + std::to_string(result.measured) +
                     " candidates measured, " + std::to_string(gained) + " kernels replaced";
  if (result.refused > 0) text += ", " + std::to_string(result.refused) + " candidates refused (lithe doctor)";
  return text;
}

ExitCode outcome(const TuneResult& result, Progress& progress) {
  if (!result.output_error.empty()) throw Error(ErrorKind::kOutput, result.output_error);
  if (!result.interrupted) return kDone;
  progress.message("stopped; the same command again continues");
  return interrupted();
}

}  // namespace

Shape tuned_shape(const TuneOptions& o, const Model& model) {
  Shape shape = input_shapes(model.graph, 1).at(0);
  if (o.input_size != 0) shape.at(2) = shape.at(3) = o.input_size;
  shape.at(0) = o.batch;
  return shape;
}

ExitCode tune_model(const TuneOptions& o, Progress& progress) {
  const KernelStore store(tune_folder(o));
  CompilerProcess compiler;
  ModelRequest wanted = o.request;
  wanted.model = *o.what;
  const double budget = seconds_of(o.budget);
  const Device device = device_of(o.device);
  const Model model = load_model(wanted);
  const auto before = tune_subject(o, model, device);
  const std::vector<Tensor> expected = before->run();  // binds the kernels of before the search
  const std::vector<KernelUse> uses = before->uses();
  progress.message(model.graph.name + ": " + std::to_string(uses.size()) + " kernels for " +
                   (device == Device::kCpu ? instruction_set() : description_of(device)) +
                   (budget > 0 ? ", searching for " + o.budget : std::string()));
  const std::string plan = model.network + " " + to_string(tuned_shape(o, model)) + (o.training ? ", training" : "");
  Tuner tuner(request(o, store, plan, device), store, compiler, progress);
  const TuneResult result = tuner.run(uses);

  use_tuned_kernels(o);
  const auto after = tune_subject(o, model, device);
  if (!equal_bits(after->run(), expected)) {
    throw Error(ErrorKind::kCheck,
                "the tuned model gives other bits than before; run `lithe tune verify` and report it");
  }
  const Latency times = latency(*before, *after, device);
  if (o.json) {
    std::cout << as_json(result, times).dump(2) << "\n";
  } else {
    print(result, times);
  }
  progress.message(summary(result));
  return outcome(result, progress);
}

ExitCode tune_shipped(const TuneOptions& o, Progress& progress) {
  const KernelStore store(tune_folder(o));
  CompilerProcess compiler;
  for (const Network& network : networks()) {
    use_tuned_kernels(o);  // those of the networks before are there
    const Graph graph = build_network(network.name);
    const Session session(graph, initial_parameters(graph, 1),
                          {true, Device::kCpu, weights_precision(o.weights_precision)});
    TuneRequest wanted = request(o, store, network.name, Device::kCpu);
    wanted.times = false;
    Tuner tuner(std::move(wanted), store, compiler, progress);
    const TuneResult result = tuner.run(kernel_uses(session, input_shapes(graph, 1)));
    progress.message(network.name + ": " + summary(result));
    if (const ExitCode code = outcome(result, progress); code != kDone) return code;
  }
  return kDone;
}

}  // namespace lithe::cli
