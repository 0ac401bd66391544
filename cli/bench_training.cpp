#include "cli/bench_training.h"

#include <nlohmann/json.hpp>

#include "cli/machine.h"
#include "pipelines/core/threads.h"
#include "trainers/module.h"

namespace lithe::cli {

nlohmann::ordered_json measure_training_steps(const Model& model, const Tensor& images, int steps, double seconds) {
  const TrainingSpeed speed = trainers().measure_training(model, images, steps, seconds);
  const StepTime& best = speed.steps.front();
  const StepTime& median = speed.steps[speed.steps.size() / 2];
  const auto count = static_cast<double>(images.dim(0));
  return {{"network", model.network},
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
}

}  // namespace lithe::cli
