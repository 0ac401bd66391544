#include "cli/bench_training.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/machine.h"
#include "pipelines/core/threads.h"
#include "trainers/module.h"

namespace lithe::cli {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const std::vector<KernelTime>& kernels) {
  double sum = 0;
  for (const KernelTime& kernel : kernels) sum += kernel.seconds;
  Json rows = Json::array();
  for (const KernelTime& kernel : kernels) {
    rows.push_back({{"kernel", kernel.kernel},
                    {"specialised", kernel.specialised},
                    {"calls", kernel.calls},
                    {"microseconds", 1e6 * kernel.seconds},
                    {"share", kernel.seconds / sum}});
  }
  return rows;
}

}  // namespace

Json measure_training_steps(const Model& model, const Tensor& images, int steps, double seconds, bool profile) {
  const TrainingSpeed speed = trainers().measure_training(model, images, steps, seconds, profile);
  const StepTime& best = speed.steps.front();
  const StepTime& median = speed.steps[speed.steps.size() / 2];
  const auto count = static_cast<double>(images.dim(0));
  Json answer = {{"network", model.network},
                 {"batch", images.dim(0)},
                 {"input", to_string(images.shape())},
                 {"threads", threads()},
                 {"device", cpu_name()},
                 {"steps", speed.steps.size()},
                 {"first_ms", 1e3 * speed.first.all()},
                 {"min_ms", 1e3 * best.all()},
                 {"median_ms", 1e3 * median.all()},
                 {"forward_ms", 1e3 * median.forward},
                 {"backward_ms", 1e3 * median.backward},
                 {"optimizer_ms", 1e3 * median.optimizer},
                 {"images_per_second", count / median.all()},
                 {"best_images_per_second", count / best.all()},
                 {"peak_activations_mb", static_cast<double>(speed.peak_bytes) / (1 << 20)},
                 {"peak_rss_mb", peak_rss_mb()}};
  if (profile) answer["profile"] = as_json(speed.kernels);
  return answer;
}

void print_training_profile(const Json& profile) {
  double sum = 0;
  std::printf("\n%11s %5s %6s  kernel\n", "us", "%", "calls");
  for (const Json& row : profile) {
    sum += row["microseconds"].get<double>();
    std::printf("%11.1f %5.1f %6lld  %s%s\n", row["microseconds"].get<double>(), 100 * row["share"].get<double>(),
                row["calls"].get<long long>(), row["kernel"].get<std::string>().c_str(),
                row["specialised"].get<bool>() ? "*" : "");
  }
  std::printf("%11.1f  all kernels of a step, each by itself on one thread; * compiled for its calls\n", sum);
}

}  // namespace lithe::cli
