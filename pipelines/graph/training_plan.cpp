#include "pipelines/graph/training_plan.h"

#include <algorithm>

#include "pipelines/core/names.h"

namespace lithe {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class TrainingPlanner {
 public:
  TrainingPlanner(const Graph& graph, const std::vector<Shape>& inputs,
                  const std::function<bool(const Value&)>& is_wanted)
      : graph_(graph), shapes_(infer_shapes(graph, inputs)), readers_(graph.values.size(), kNone) {
    plan_.graph = &graph;
    for (const Value& value : graph.values)
      plan_.wanted.push_back(value.kind != ValueKind::kActivation && is_wanted(value));
    for (const Node& node : graph.nodes) add(node);
    set_lives();
  }
  TrainingPlan take() { return std::move(plan_); }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  bool is_wanted(ValueId id) const { return id != kNoValue && plan_.wanted[static_cast<size_t>(id)]; }

  void add(const Node& node) {
    TrainingPlan::Step step{bind_dims(node, shapes_), {}, {}, {}, {}, {}};
    const std::vector<std::string> with_gradient = words(node.op->gradients());
    std::vector<bool> wanted;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      step.shapes.push_back(id == kNoValue ? Shape() : shapes_[static_cast<size_t>(id)]);
      wanted.push_back(is_wanted(id));
      if (wanted.back() && !holds(with_gradient, node.op->port_of(i).name)) {
        throw Error(node.name + ": " + node.op->name() + "." + node.op->port_of(i).name +
                    " has no gradient; networks are trained as they are written, before rewrites");
      }
    }
    if (std::count(wanted.begin(), wanted.end(), true) > 0) {
      plan_.wanted[static_cast<size_t>(node.outputs[0])] = true;
      for (const Adjoint* adjoint : choose_adjoints(node, step.dims, wanted)) {
        keep(node, values_read(node, step.dims, *adjoint));
        step.adjoints.emplace_back(*adjoint);
      }
    }
    plan_.steps.push_back(std::move(step));
  }

  // On the way back the first node is the last to read.
  void keep(const Node& node, const std::vector<std::string>& ports) {
    const auto keep_value = [&](ValueId id, const std::string& port) {
      const bool is_read = id != kNoValue && holds(ports, port);
      if (is_read && readers_[static_cast<size_t>(id)] == kNone) readers_[static_cast<size_t>(id)] = plan_.steps.size();
    };
    for (size_t i = 0; i < node.inputs.size(); ++i) keep_value(node.inputs[i], node.op->port_of(i).name);
    for (size_t k = 0; k < node.outputs.size(); ++k) keep_value(node.outputs[k], node.op->outputs()[k].name);
  }

  void set_lives() {
    std::vector<size_t> last(graph_.values.size(), kNone);
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      for (const auto* ids : {&graph_.nodes[n].inputs, &graph_.nodes[n].outputs}) {
        for (const ValueId id : *ids) {
          if (id != kNoValue) last[static_cast<size_t>(id)] = n;
        }
      }
    }
    for (size_t v = 0; v < graph_.values.size(); ++v) {
      const auto id = static_cast<ValueId>(v);
      const bool is_output = std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end();
      if (graph_.values[v].is_state() || is_output || last[v] == kNone) continue;
      readers_[v] == kNone ? plan_.steps[last[v]].last_in_forward.push_back(id)
                           : plan_.steps[readers_[v]].last_in_backward.push_back(id);
    }
  }

  const Graph& graph_;
  std::vector<Shape> shapes_;
  std::vector<size_t> readers_;  // per value: the first node whose adjoints read it
  TrainingPlan plan_;
};

}  // namespace

Graph training_graph(const Graph& graph) {
  Graph result = graph;
  const std::vector<Shape> shapes = infer_shapes(graph, input_shapes(graph, 1));
  for (Node& node : result.nodes) {
    const Op* form = node.op->training_form();
    if (form == nullptr) continue;
    node.op = form;
    node.attributes = form->complete(node.attributes, node.name);
    const std::vector<Shape> outputs = output_shapes(node, shapes);
    for (size_t k = 1; k < outputs.size(); ++k) {
      node.outputs.push_back(static_cast<ValueId>(result.values.size()));
      result.values.push_back({node.name + ":" + form->outputs()[k].name, ValueKind::kActivation, outputs[k], {}});
    }
  }
  return result;
}

TrainingPlan make_training_plan(const Graph& graph, const std::vector<Shape>& inputs,
                                const std::function<bool(const Value&)>& is_wanted) {
  return TrainingPlanner(graph, inputs, is_wanted).take();
}

}  // namespace lithe
