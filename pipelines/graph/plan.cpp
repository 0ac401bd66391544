#include "pipelines/graph/plan.h"

#include <algorithm>
#include <limits>
#include <map>

#include "pipelines/graph/kernel_call.h"

namespace lithe {
namespace {

constexpr int64_t kAlignment = 512;  // bytes: what OpenCL asks for at most, and more than any vector

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
  Planner(const Graph& graph, const std::vector<Shape>& inputs, Device device, DType weights)
      : graph_(graph), shapes_(infer_shapes(graph, inputs)) {
    plan_.graph = &graph;
    plan_.device = device;
    plan_.weights = weights;
    plan_.places.resize(graph.values.size());
    count_uses();
    for (const ValueId id : graph.inputs) {
      own(id, shape(id), is_read_planar(id));
      keep_if_output(id);
    }
    for (size_t i = 0; i < graph.nodes.size(); ++i) add(i);
    std::vector<Life> lives;
    for (const auto& [root, life] : lives_) lives.push_back(life);
    plan_.arena_bytes = place(std::move(lives), plan_.places);
  }
  Plan take() { return std::move(plan_); }

 private:
  const Shape& shape(ValueId id) const { return shapes_[static_cast<size_t>(id)]; }
  bool is_state(ValueId id) const { return id != kNoValue && graph_.value(id).is_state(); }
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

  // An input of the graph gets the layout that its first reader likes best; what is no image lies row by row.
  bool is_read_planar(ValueId input) const {
    for (const Node& node : graph_.nodes) {
      if (node.op->is_view()) continue;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const std::string& port = node.op->port_of(i).dims;
        if (node.inputs[i] != input) continue;
        if (!is_image(port) && port != "...") return true;
        if (i == 0) return choose(node, bind_dims(node, shapes_), {}).planar;
      }
    }
    return false;
  }

  const Kernel& choose(const Node& node, const Dims& dims, const Plan::Place& first) const {
    return choose_kernel(node, dims, first.shape, first.strides, plan_.device, plan_.weights);
  }

  void own(ValueId id, const Shape& shape, bool planar) {
    at(id) = {id, shape, layout_strides(shape, planar), -1};
    lives_[id] = {id, aligned(elements(shape) * size_of(DType::kF32)), now(), now()};
  }
  // `id`, or a copy of it in the layout that is asked for; made once.
  ValueId laid_out(ValueId id, bool planar, size_t reader) {
    const Shape given = at(id).shape;
    if (has_layout(given, at(id).strides, planar)) return id;
    const auto [known, is_new] = copies_.try_emplace(id, static_cast<ValueId>(plan_.places.size()));
    if (is_new) {
      plan_.places.emplace_back();
      own(known->second, given, planar);
      finish({reader, nullptr, {"copy", graph_.nodes[reader].attributes}, {id}, {known->second}});
    }
    return known->second;
  }
  void alias(ValueId id, ValueId of, Shape strides) {
    at(id) = {at(of).root, shape(id), std::move(strides), -1};
    keep_if_output(id);
  }
  void touch(ValueId id) {
    int64_t& last = lives_.at(at(id).root).last;
    last = std::max(last, now());  // an output that is read as well lives to the end all the same
  }

  void add(size_t index) {
    const Node& node = graph_.nodes[index];
    Dims dims = bind_dims(node, shapes_);
    const ValueId y = node.outputs[0];
    if (node.op->is_view()) return add_view(index, std::move(dims));
    const ValueId x = node.inputs.empty() || is_state(node.inputs[0]) ? kNoValue : node.inputs[0];
    const Plan::Place first = x == kNoValue ? Plan::Place() : at(x);
    const Kernel& kernel = choose(node, dims, first);
    const bool planar = wants_planar(kernel, first.shape, first.strides);
    std::vector<ValueId> inputs = node.inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const bool image = inputs[i] != kNoValue && !is_state(inputs[i]) && is_image(node.op->port_of(i).dims);
      if (image) inputs[i] = laid_out(inputs[i], planar, index);
    }
    if (kernel.in_place && can_overwrite(x)) {
      alias(y, x, at(x).strides);
    } else {
      for (size_t k = 0; k < node.outputs.size(); ++k) {
        const std::string& port = node.op->outputs()[k].dims;
        own(node.outputs[k], shape(node.outputs[k]), planar || (!is_image(port) && port != "..."));
      }
    }
    finish({index, &kernel, std::move(dims), std::move(inputs), node.outputs});
  }

  // A view costs nothing where the elements already lie in row-major order.
  void add_view(size_t index, Dims dims) {
    const Node& node = graph_.nodes[index];
    const ValueId x = node.inputs[0], y = node.outputs[0];
    const bool row_major = Tensor::view(nullptr, at(x).shape, at(x).strides, DType::kF32, nullptr).row_major();
    if (shape(x) == shape(y)) return alias(y, x, at(x).strides);
    if (row_major) return alias(y, x, row_major_strides(shape(y)));
    own(y, shape(y), true);
    finish({index, nullptr, std::move(dims), {x}, {y}});
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
    for (const ValueId id : step.inputs) {
      if (id != kNoValue && at(id).root != kNoValue) touch(id);  // states have no place
    }
    for (const ValueId id : step.outputs) touch(id);
    const std::vector<ValueId> outputs = step.outputs;
    plan_.steps.push_back(std::move(step));
    for (const ValueId id : outputs) keep_if_output(id);
  }
  // Outputs live to the end: they are read after the last step.
  void keep_if_output(ValueId id) {
    if (is_output(id)) lives_.at(at(id).root).last = std::numeric_limits<int64_t>::max();
  }

  const Graph& graph_;
  std::vector<Shape> shapes_;
  std::vector<int> uses_;
  std::map<ValueId, Life> lives_;
  std::map<ValueId, ValueId> copies_;  // of images that are read in both layouts
  Plan plan_;
};

}  // namespace

std::string Plan::describe() const {
  std::string text = graph->name;
  if (device != Device::kCpu) text += std::string(" ") + name_of(device);
  for (const Step& step : steps) {
    const Node& node = graph->nodes[step.node];
    text += "\n" + node.op->name() + " " + (step.kernel ? step.kernel->name : "copy");
    for (const auto& [name, extent] : step.dims.extents()) text += " " + name + "=" + std::to_string(extent);
    for (const auto& [name, value] : node.attributes) text += " " + name + "=" + to_string(value);
  }
  return text;
}

Plan make_plan(const Graph& graph, const std::vector<Shape>& inputs, Device device, DType weights) {
  return Planner(graph, inputs, device, weights).take();
}

}  // namespace lithe
