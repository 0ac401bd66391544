#pragma once
// Running a graph. `Session` is the inference engine: a plan per input size, weights packed once, activations in a
// recycled arena. `forward` runs node by node over the whole batch and keeps every activation.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipelines/graph/device.h"
#include "pipelines/graph/pass.h"
#include "pipelines/graph/plan.h"

namespace lithe {

class DeviceMemory;
class KernelCall;

struct SessionOptions {
  bool rewrite = true;  // fold and fuse (equal within 1e-4); false: the graph as written
  Device device = Device::kCpu;
  /// kF16, kBF16: layers whose time is reading their weights keep them rounded to that type and widen them in
  /// registers; sums stay float32 (pipelines/graph/weights_precision.h).
  DType weights = DType::kF32;
};

class Session {
 public:
  /// Throws Error if a parameter is missing or of another shape, or the device has no kernels for these weights.
  Session(Graph graph, const Parameters& parameters, SessionOptions options = {});
  ~Session();

  /// One tensor N x ... per graph input, any N >= 1 and, where the network allows it, any image size; row-major or
  /// channels-last. Returns one row-major tensor per graph output. Results are the same bits for any number of threads
  /// and for an image alone or in a batch. Thread safe. Throws Error naming the input that does not fit.
  /// `observer`, for a single image: see plan.h.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs, const StepObserver& observer = {}) const;

  /// The kernel calls that one image takes, or the whole batch on a device; `inputs` are shapes.
  void each_call(const std::vector<Shape>& inputs, const std::function<void(const KernelCall&)>& visit) const;

  const Graph& graph() const;  // as given, before rewrites
  /// The memory of its device, in which inputs may lie already; nullptr on the processor.
  DeviceMemory* device() const;
  /// What decides the bits: network, rewrites, kernels, instruction set, input size. 16 hexadecimal digits.
  std::string plan_hash(const std::vector<Shape>& inputs) const;
  /// Whether images of this size are read where they are if they lie row-major; else if they lie channels-last.
  bool reads_row_major(const std::vector<Shape>& inputs) const;

 private:
  class Ready;
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs the graph as written, in inference mode. `graph` must outlive the pass. Inputs as for Session::run.
Pass forward(const Graph& graph, const Parameters& parameters, const std::vector<Tensor>& inputs);
/// Runs one node on the values of its inputs (absent ones are empty tensors), with generic kernels.
std::vector<Tensor> run_node(const Node& node, const std::vector<Tensor>& inputs);

}  // namespace lithe
