#include "pipelines/graph/trainable.h"

#include <algorithm>
#include <list>
#include <mutex>

#include "pipelines/core/random.h"
#include "pipelines/graph/adjoint.h"
#include "pipelines/graph/forward.h"
#include "pipelines/graph/gradient_sum.h"
#include "pipelines/graph/memory_pool.h"
#include "pipelines/graph/training_plan.h"

namespace lithe {
namespace {

std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& t : tensors) shapes.push_back(t.shape());
  return shapes;
}

// The same operator in another place or pass draws other numbers.
Dims with_seed(const Dims& dims, uint64_t seed, const std::string& node) {
  Dims result = dims;
  result.set("seed", static_cast<int64_t>(RandomStream(seed, node).bits(0) >> 33));
  return result;
}

std::vector<Tensor> values_of(const Pass& pass, const std::vector<ValueId>& ids) {
  std::vector<Tensor> values;
  values.reserve(ids.size());
  for (const ValueId id : ids) values.push_back(id == kNoValue ? Tensor() : pass.value(id));
  return values;
}

void update_statistics(const Graph& graph, const Node& node, const std::vector<Tensor>& outputs,
                       Parameters& parameters) {
  for (const auto& [statistic, output] : node.op->next()) {
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.op->port_of(i).name != statistic) continue;
      for (size_t k = 0; k < outputs.size(); ++k) {
        if (node.op->outputs()[k].name == output) parameters[graph.value(node.inputs[i]).name] = outputs[k].clone();
      }
    }
  }
}

}  // namespace

struct Trainable::State {
  static constexpr size_t kPlansKept = 8;  // of the input sizes and switches used last
  struct Planned {
    std::vector<Shape> inputs;
    Mode mode;
    bool parameter_gradients, input_gradients;
    std::set<std::string> frozen;
    std::shared_ptr<TrainingPlan> plan;
  };

  const Graph graph, in_training;
  std::mutex mutex;
  std::list<Planned> plans;  // the most recently used first

  explicit State(Graph given) : graph(std::move(given)), in_training(training_graph(graph)) {}

  const Graph& of(Mode mode) const { return mode == Mode::kTrain ? in_training : graph; }

  std::shared_ptr<TrainingPlan> plan(const std::vector<Shape>& inputs, const PassOptions& o) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto it = std::find_if(plans.begin(), plans.end(), [&](const Planned& p) {
      return p.inputs == inputs && p.mode == o.mode && p.parameter_gradients == o.parameter_gradients &&
             p.input_gradients == o.input_gradients && p.frozen == o.frozen;
    });
    if (it != plans.end()) {
      plans.splice(plans.begin(), plans, it);
      return plans.front().plan;
    }
    const auto is_wanted = [&](const Value& value) {
      return value.kind == ValueKind::kInput       ? o.input_gradients
             : value.kind == ValueKind::kParameter ? o.parameter_gradients && !o.frozen.count(value.name)
                                                   : false;
    };
    MemoryPool::shared().trim();  // other tensors from now on
    const auto made = std::make_shared<TrainingPlan>(make_training_plan(of(o.mode), inputs, is_wanted));
    plans.push_front({inputs, o.mode, o.parameter_gradients, o.input_gradients, o.frozen, made});
    if (plans.size() > kPlansKept) plans.pop_back();
    return made;
  }
};

Trainable::Trainable(Graph graph) : state_(std::make_unique<State>(std::move(graph))) {}
Trainable::~Trainable() = default;

const Graph& Trainable::graph() const { return state_->graph; }
void Trainable::each_call(const std::function<void(const KernelCall&)>& visit) const {
  if (state_->plans.empty()) return;
  for (const TrainingPlan::Step& step : state_->plans.front().plan->steps) {
    step.run.calls().each(visit);
    for (const AdjointRun& run : step.adjoints) run.calls().each(visit);
  }
}
int64_t Trainable::peak_bytes() const { return MemoryPool::shared().peak_bytes(); }
void Trainable::reset_peak() { MemoryPool::shared().reset_peak(); }

Pass Trainable::forward(Parameters& parameters, const std::vector<Tensor>& inputs, const PassOptions& options) {
  const Graph& graph = state_->of(options.mode);
  check_inputs(graph, inputs);
  Pass pass;
  pass.graph_ = &graph;
  pass.seed_ = options.seed;
  pass.plan_ = state_->plan(shapes_of(inputs), options);
  pass.values_ = state_values(graph, parameters);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& x = inputs[i];
    pass.values_[static_cast<size_t>(graph.inputs[i])] = x.rank() == 4 ? laid_out(x, false) : x;
  }
  for (size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    TrainingPlan::Step& step = pass.plan_->steps[n];
    const std::vector<Tensor> given = values_of(pass, node.inputs);
    const std::vector<Tensor> outputs =
        step.dims.has("seed")
            ? run_node(node, with_seed(step.dims, options.seed, node.name), given)  // a call of its own
            : step.run(node, step.dims, given);
    for (size_t k = 0; k < outputs.size(); ++k) pass.values_[static_cast<size_t>(node.outputs[k])] = outputs[k];
    pass.planar_.push_back(outputs[0].row_major());
    if (options.update_statistics) update_statistics(graph, node, outputs, parameters);
    for (const ValueId id : step.last_in_forward) pass.values_[static_cast<size_t>(id)] = Tensor();
  }
  return pass;
}

std::vector<Tensor> Trainable::backward(Pass pass, const std::vector<Tensor>& output_gradients, Gradients* gradients) {
  const Graph& graph = *pass.graph_;
  TrainingPlan& plan = *pass.plan_;
  LITHE_CHECK(output_gradients.size() == graph.outputs.size());
  std::vector<GradientSum> sums(graph.values.size());
  for (size_t i = 0; i < output_gradients.size(); ++i) {
    const ValueId id = graph.outputs[i];
    const Tensor& dy = output_gradients[i];
    if (dy.empty()) continue;
    if (dy.shape() != pass.value(id).shape()) {
      throw Error(graph.name + "." + graph.value(id).name + ": expected a gradient " +
                  to_string(pass.value(id).shape()) + ", got " + to_string(dy.shape()));
    }
    sums[static_cast<size_t>(id)].add_shared(dy);
  }
  for (size_t n = graph.nodes.size(); n-- > 0;) {
    const Node& node = graph.nodes[n];
    TrainingPlan::Step& step = plan.steps[n];
    const Tensor dy = sums[static_cast<size_t>(node.outputs[0])].take();
    if (!dy.empty() && !step.adjoints.empty()) {
      const bool seeded = step.dims.has("seed");
      const Dims dims = seeded ? with_seed(step.dims, pass.seed_, node.name) : step.dims;
      const NodeState state{
          node, dims, step.shapes, values_of(pass, node.inputs), values_of(pass, node.outputs), pass.planar_[n]};
      for (AdjointRun& run : step.adjoints) {
        const std::vector<Tensor> given = seeded ? run_adjoint(state, run.adjoint(), dy) : run(state, dy);
        for (size_t i = 0; i < given.size(); ++i) {
          const ValueId id = node.inputs[i];
          if (given[i].empty() || id == kNoValue || !plan.wanted[static_cast<size_t>(id)]) continue;
          GradientSum& sum = sums[static_cast<size_t>(id)];
          run.adjoint().passes_on() ? sum.add_shared(given[i]) : sum.add(given[i]);
        }
      }
    }
    for (const ValueId id : step.last_in_backward) pass.values_[static_cast<size_t>(id)] = Tensor();
  }
  for (const ValueId id : graph.state()) {
    const Tensor sum = sums[static_cast<size_t>(id)].take();
    if (gradients == nullptr || sum.empty()) continue;
    Tensor& total = (*gradients)[graph.value(id).name];
    total = total.empty() ? sum : added(total, sum);
  }
  std::vector<Tensor> of_inputs;
  for (const ValueId id : graph.inputs) of_inputs.push_back(sums[static_cast<size_t>(id)].take());
  return of_inputs;
}

}  // namespace lithe
