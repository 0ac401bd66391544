#pragma once
// What a training step computes: node by node over the whole batch, which gradients are wanted, what gives them, and
// how long every activation is needed.

#include <vector>

#include "pipelines/graph/adjoint.h"
#include "pipelines/graph/graph.h"
#include "pipelines/graph/node_run.h"

namespace lithe {

struct TrainingPlan {
  struct Step {  // one per node
    Dims dims;
    std::vector<Shape> shapes;              // of the inputs
    std::vector<AdjointRun> adjoints;       // none: no input has a gradient that is wanted
    NodeRun run;                            // the way forward
    std::vector<ValueId> last_in_forward;   // values that nothing needs behind this node on the way forward
    std::vector<ValueId> last_in_backward;  // and on the way back
  };
  const Graph* graph;
  std::vector<Step> steps;
  std::vector<bool> wanted;  // per value: whether its gradient is computed
};

/// The graph with the training form of every operator that has one. Values keep their ids; further outputs are added.
Graph training_graph(const Graph& graph);

/// `is_wanted`: of parameters and graph inputs. `graph` must outlive the plan. Throws Error if the network cannot take
/// inputs of these shapes, or an operator on the way has no gradient.
TrainingPlan make_training_plan(const Graph& graph, const std::vector<Shape>& inputs,
                                const std::function<bool(const Value&)>& is_wanted);

}  // namespace lithe
