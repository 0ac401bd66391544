#include "trainers/training_speed.h"

#include <algorithm>
#include <chrono>

#include "pipelines/core/clock.h"
#include "pipelines/graph/trainable.h"
#include "trainers/loss.h"
#include "trainers/optimizer.h"

namespace lithe {
namespace {

constexpr double kLr = 1e-3;  // small: noise teaches nothing, and the numbers stay those of a network in training

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

std::vector<int> labels_for(const Graph& graph, int64_t images) {
  const Shape logits = graph.value(graph.outputs.at(0)).shape;
  if (graph.outputs.size() != 1 || logits.size() != 2) {
    throw Error(graph.name + ": expected one output of N K logits, got " + std::to_string(graph.outputs.size()) +
                " outputs, the first " + to_string(logits) + "; only classifiers can be measured");
  }
  std::vector<int> labels;
  for (int64_t n = 0; n < images; ++n) labels.push_back(static_cast<int>(n % logits[1]));
  return labels;
}

}  // namespace

TrainingSpeed measure_training(const Model& model, const Tensor& images, int steps, double seconds, bool profile) {
  Trainable net(model.graph);
  Parameters parameters;
  for (const auto& [name, tensor] : model.parameters) parameters[name] = tensor.clone();  // those of a file cannot move
  Optimizer optimizer({}, parameters, trained_parameters(model.graph, {}));
  const std::vector<int> labels = labels_for(model.graph, images.dim(0));
  const auto step = [&]() -> StepTime {
    const auto begin = Clock::now();
    Pass pass = net.forward(parameters, {images});
    const Loss loss = cross_entropy(pass.output(), labels);
    const auto forward = Clock::now();
    Gradients gradients;
    net.backward(std::move(pass), {loss.gradient}, &gradients);
    const auto backward = Clock::now();
    optimizer.step(gradients, kLr);
    return {seconds_between(begin, forward), seconds_between(forward, backward),
            seconds_between(backward, Clock::now())};
  };

  TrainingSpeed speed;
  speed.first = step();
  const auto begin = Clock::now();
  while (static_cast<int>(speed.steps.size()) < steps || seconds_between(begin, Clock::now()) < seconds) {
    speed.steps.push_back(step());
  }
  std::sort(speed.steps.begin(), speed.steps.end(),
            [](const StepTime& a, const StepTime& b) { return a.all() < b.all(); });
  speed.peak_bytes = net.peak_bytes();
  if (profile) speed.kernels = kernel_times(net);
  return speed;
}

}  // namespace lithe
