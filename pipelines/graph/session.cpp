#include "pipelines/graph/session.h"

#include <algorithm>
#include <list>
#include <mutex>

#include "pipelines/core/file.h"
#include "pipelines/core/threads.h"
#include "pipelines/graph/arena.h"
#include "pipelines/graph/forward.h"
#include "pipelines/graph/look_ahead.h"
#include "pipelines/graph/rewrite.h"
#include "pipelines/graph/weight_memory.h"
#include "pipelines/graph/weights_precision.h"

namespace lithe {
namespace {

std::vector<Shape> of_one_image(std::vector<Shape> inputs) {
  for (Shape& shape : inputs) shape.at(0) = 1;
  return inputs;
}

// Without those that a rewrite has put others in the place of: they are as large.
Parameters read_by(const Graph& graph, const Parameters& parameters) {
  Parameters read;
  const auto keep = [&](ValueId id) {
    if (id == kNoValue || !graph.value(id).is_state()) return;
    const std::string& name = graph.value(id).name;
    read[name] = parameters.at(name);
  };
  for (const Node& node : graph.nodes) std::for_each(node.inputs.begin(), node.inputs.end(), keep);
  std::for_each(graph.outputs.begin(), graph.outputs.end(), keep);
  return read;
}

}  // namespace

// A plan for one input size with its packed weights and the arenas that are not in use.
class Session::Ready {
 public:
  Ready(const Graph& graph, const Parameters& parameters, const std::vector<Shape>& inputs, DType precision,
        DeviceMemory* device)
      : inputs_(inputs),
        plan_(make_plan(graph, inputs, device ? device->device() : Device::kCpu, precision)),
        parameters_(parameters),
        device_(device) {
    WeightMemory memory;
    for (const Plan::Step& step : plan_.steps) {
      const Node& node = graph.nodes[step.node];
      check_weights(graph, step, parameters);
      std::vector<Tensor> values;
      for (const ValueId id : node.inputs) {
        const bool state = id != kNoValue && graph.value(id).is_state();
        values.push_back(state ? parameters.at(graph.value(id).name) : Tensor());
      }
      packed_.push_back(step.kernel ? pack(node, *step.kernel, step.dims, values) : std::map<std::string, Tensor>());
      for (auto& [port, weights] : packed_.back()) weights = memory.keep(weights);
    }
    if (device == nullptr) look_ahead(packed_);
  }

  const std::vector<Shape>& inputs() const { return inputs_; }
  const Plan& plan() const { return plan_; }

  void run(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs, const StepObserver& observer) {
    std::unique_ptr<Arena> arena = take();
    arena->run(inputs, outputs, observer);
    const std::lock_guard<std::mutex> lock(mutex_);
    arenas_.push_back(std::move(arena));
  }

  void each_call(const std::function<void(const KernelCall&)>& visit) {
    Arena(plan_, parameters_, packed_, device_).each_call(visit);
  }

 private:
  std::unique_ptr<Arena> take() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!arenas_.empty()) {
        std::unique_ptr<Arena> arena = std::move(arenas_.back());
        arenas_.pop_back();
        return arena;
      }
    }
    return std::make_unique<Arena>(plan_, parameters_, packed_, device_);
  }

  const std::vector<Shape> inputs_;
  const Plan plan_;
  const Parameters& parameters_;
  DeviceMemory* const device_;
  std::vector<std::map<std::string, Tensor>> packed_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Arena>> arenas_;
};

struct Session::State {
  static constexpr size_t kPlansKept = 4;  // of the input sizes used last
  Graph graph, rewritten;
  Parameters parameters;  // of the rewritten graph
  DType weights = DType::kF32;
  std::unique_ptr<DeviceMemory> device;  // none: the processor
  std::mutex mutex;
  std::list<std::shared_ptr<Ready>> ready;  // the most recently used first

  std::shared_ptr<Ready> find(const std::vector<Shape>& inputs) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto it = std::find_if(ready.begin(), ready.end(), [&](const auto& r) { return r->inputs() == inputs; });
    if (it != ready.end()) {
      ready.splice(ready.begin(), ready, it);
      return ready.front();
    }
    ready.push_front(std::make_shared<Ready>(rewritten, parameters, inputs, weights, device.get()));
    if (ready.size() > kPlansKept) ready.pop_back();
    return ready.front();
  }
};

Session::Session(Graph graph, const Parameters& parameters, SessionOptions options)
    : state_(std::make_unique<State>()) {
  const std::vector<Tensor> values = state_values(graph, parameters);
  for (const ValueId id : graph.state()) {
    state_->parameters[graph.value(id).name] = values[static_cast<size_t>(id)];
  }
  require(options.weights, options.device);
  state_->weights = options.weights;
  state_->graph = graph;
  state_->rewritten = std::move(graph);
  if (options.device != Device::kCpu) state_->device = std::make_unique<DeviceMemory>(options.device);
  if (options.rewrite) rewrite(state_->rewritten, state_->parameters);
  state_->parameters = read_by(state_->rewritten, state_->parameters);
}

Session::~Session() = default;

const Graph& Session::graph() const { return state_->graph; }

DeviceMemory* Session::device() const { return state_->device.get(); }

std::string Session::plan_hash(const std::vector<Shape>& inputs) const {
  return sha256(instruction_set() + "\n" + state_->find(of_one_image(inputs))->plan().describe()).substr(0, 16);
}

void Session::each_call(const std::vector<Shape>& inputs, const std::function<void(const KernelCall&)>& visit) const {
  state_->find(state_->device ? inputs : of_one_image(inputs))->each_call(visit);
}

bool Session::reads_row_major(const std::vector<Shape>& inputs) const {
  const std::shared_ptr<Ready> ready = state_->find(of_one_image(inputs));
  const Plan::Place& place = ready->plan().places[static_cast<size_t>(state_->rewritten.inputs.front())];
  return place.strides == row_major_strides(place.shape);
}

std::vector<Tensor> Session::run(const std::vector<Tensor>& inputs, const StepObserver& observer) const {
  check_inputs(state_->graph, inputs);
  std::vector<Shape> shapes;
  for (const Tensor& t : inputs) shapes.push_back(t.shape());
  const int64_t images = inputs[0].dim(0);
  LITHE_CHECK(images == 1 || !observer);
  const std::shared_ptr<Ready> ready = state_->find(state_->device ? shapes : of_one_image(shapes));

  std::vector<Tensor> outputs, computed;
  for (const ValueId id : state_->rewritten.outputs) {  // in the order of the graph as written
    const Value& value = state_->rewritten.value(id);
    if (value.is_state()) {
      outputs.push_back(state_->parameters.at(value.name).clone());
      continue;
    }
    Shape shape = ready->plan().places[static_cast<size_t>(id)].shape;
    LITHE_CHECK(!shape.empty());
    shape[0] = images;
    outputs.emplace_back(shape);
    computed.push_back(outputs.back());
  }
  const auto run_image = [&](int64_t i) {
    std::vector<Tensor> in, out;
    for (const Tensor& t : inputs) in.push_back(t.images(i, 1));
    for (const Tensor& t : computed) out.push_back(t.images(i, 1));
    ready->run(in, out, observer);
  };
  if (state_->device != nullptr) {
    ready->run(inputs, computed, observer);  // all at once
  } else if (images == 1) {
    run_image(0);  // threads inside the kernels
  } else {
    parallel_for(images, [&](int64_t i) {  // threads across images
      const SerialKernels serial;
      run_image(i);
    });
  }
  return outputs;
}

}  // namespace lithe
