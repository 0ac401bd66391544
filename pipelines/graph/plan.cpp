#include "pipelines/graph/plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "pipelines/graph/kernel_call.h"

namespace lithe {
namespace {

constexpr int64_t kAlignment = 128;  // bytes: two cache lines, more than any vector

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Offsets for roots that live from `first` to `last` step: the largest are placed first, each at the lowest offset
// where nothing that is alive at the same time lies.
struct Life {
  ValueId root;
  int64_t bytes, first, last;
};

int64_t place(std::vector<Life> lives, std::vector<Plan::Place>& places) {
  std::stable_sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) { return a.bytes > b.bytes; });
  std::vector<Life> placed;
  int64_t total = 0;
  for (const Life& life : lives) {
    std::vector<std::pair<int64_t, int64_t>> taken;
    for (const Life& other : placed) {
      if (other.first > life.last || other.last < life.first) continue;
      const int64_t begin = places[static_cast<size_t>(other.root)].offset;
      taken.emplace_back(begin, begin + other.bytes);
    }
    std::sort(taken.begin(), taken.end());
    int64_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (offset + life.bytes <= begin) break;
      offset = std::max(offset, end);
    }
    places[static_cast<size_t>(life.root)].offset = offset;
    total = std::max(total, offset + life.bytes);
    placed.push_back(life);
  }
  return total;
}

class Planner {
 public:
  Planner(const Graph& graph, const std::vector<Shape>& inputs) : graph_(graph), shapes_(infer_shapes(graph, inputs)) {
    plan_.graph = &graph;
    plan_.places.resize(graph.values.size());
    count_uses();
    for (const ValueId id : graph.inputs) own(id, shape(id).size() == 4);
    for (size_t i = 0; i < graph.nodes.size(); ++i) add(i);
    std::vector<Life> lives;
    for (const auto& [root, life] : lives_) lives.push_back(life);
    plan_.arena_bytes = place(std::move(lives), plan_.places);
  }
  Plan take() { return std::move(plan_); }

 private:
  const Shape& shape(ValueId id) const { return shapes_[static_cast<size_t>(id)]; }
  Plan::Place& at(ValueId id) { return plan_.places[static_cast<size_t>(id)]; }
  int64_t now() const { return static_cast<int64_t>(plan_.steps.size()); }

  void count_uses() {
    uses_.resize(graph_.values.size(), 0);
    for (const Node& node : graph_.nodes) {
      for (const ValueId id : node.inputs) {
        if (id != kNoValue) ++uses_[static_cast<size_t>(id)];
      }
    }
    for (const ValueId id : graph_.outputs) ++uses_[static_cast<size_t>(id)];
  }

  void own(ValueId id, bool image) {
    at(id) = {id, shape(id), image ? channels_last_strides(shape(id)) : row_major_strides(shape(id)), -1};
    lives_[id] = {id, aligned(elements(shape(id)) * size_of(DType::kF32)), now(), now()};
  }
  void alias(ValueId id, ValueId of, Shape strides) { at(id) = {at(of).root, shape(id), std::move(strides), -1}; }
  void touch(ValueId id) { lives_.at(at(id).root).last = now(); }

  void add(size_t index) {
    const Node& node = graph_.nodes[index];
    Dims dims = bind_dims(node, shapes_);
    const ValueId y = node.outputs[0];
    if (node.op->is_view()) return add_view(index, std::move(dims));
    const Kernel& kernel = choose_kernel(node, dims);
    const ValueId x = node.inputs.empty() ? kNoValue : node.inputs[0];
    if (kernel.in_place && can_overwrite(x)) {
      alias(y, x, at(x).strides);
    } else {
      for (size_t k = 0; k < node.outputs.size(); ++k) {
        const std::string& port = node.op->outputs()[k].dims;
        own(node.outputs[k],
            shape(node.outputs[k]).size() == 4 &&
                (is_image(port) || (port == "..." && at(x).strides == channels_last_strides(shape(x)))));
      }
    }
    finish({index, &kernel, std::move(dims)});
  }

  // A view costs nothing where the elements already lie in row-major order.
  void add_view(size_t index, Dims dims) {
    const Node& node = graph_.nodes[index];
    const ValueId x = node.inputs[0], y = node.outputs[0];
    const bool row_major = Tensor::view(nullptr, at(x).shape, at(x).strides, DType::kF32, nullptr).row_major();
    if (shape(x) == shape(y)) return alias(y, x, at(x).strides);
    if (row_major) return alias(y, x, row_major_strides(shape(y)));
    own(y, false);
    finish({index, nullptr, std::move(dims)});
  }

  // Only what nobody reads later, and never an input of the graph: that is the caller's memory.
  bool can_overwrite(ValueId x) const {
    if (x == kNoValue || graph_.value(x).is_state()) return false;
    const ValueId root = plan_.places[static_cast<size_t>(x)].root;
    if (root != x || graph_.value(root).kind == ValueKind::kInput) return false;
    return uses_[static_cast<size_t>(x)] == 1 && !is_output(x);
  }
  bool is_output(ValueId id) const {
    return std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end();
  }

  void finish(Plan::Step step) {
    const Node& node = graph_.nodes[step.node];
    for (const ValueId id : node.inputs) {
      if (id != kNoValue && !graph_.value(id).is_state()) touch(id);
    }
    for (const ValueId id : node.outputs) touch(id);
    plan_.steps.push_back(std::move(step));
    for (const ValueId id : node.outputs) keep_if_output(id);
  }
  // Outputs live to the end: they are read after the last step.
  void keep_if_output(ValueId id) {
    if (is_output(id)) lives_.at(at(id).root).last = std::numeric_limits<int64_t>::max();
  }

  const Graph& graph_;
  std::vector<Shape> shapes_;
  std::vector<int> uses_;
  std::map<ValueId, Life> lives_;
  Plan plan_;
};

}  // namespace

std::string Plan::describe() const {
  std::string text = graph->name;
  for (const Step& step : steps) {
    const Node& node = graph->nodes[step.node];
    text += "\n" + node.op->name() + " " + (step.kernel ? step.kernel->name : "copy");
    for (const auto& [name, extent] : step.dims.extents()) text += " " + name + "=" + std::to_string(extent);
    for (const auto& [name, value] : node.attributes) text += " " + name + "=" + to_string(value);
  }
  return text;
}

Plan make_plan(const Graph& graph, const std::vector<Shape>& inputs) { return Planner(graph, inputs).take(); }

}  // namespace lithe
