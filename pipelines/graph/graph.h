#pragma once
// A network as data: nodes of operators over named values. Shapes, cost, plan and export are functions of a Graph.

#include <map>
#include <string>
#include <vector>

#include "pipelines/graph/op.h"

namespace lithe {

/// How a parameter starts: normal(mean, spread), or a constant where spread is 0.
struct Init {
  double mean = 0, spread = 0;
  static Init constant(double value) { return {value, 0}; }
  static Init normal(double spread, double mean = 0) { return {mean, spread}; }
};

using ValueId = int;
constexpr ValueId kNoValue = -1;  // an absent optional input

enum class ValueKind { kInput, kParameter, kStatistic, kActivation };

struct Value {
  std::string name;  // of parameters and statistics: the published checkpoint's name
  ValueKind kind = ValueKind::kActivation;
  Shape shape;  // with N = 1 for what depends on the batch
  Init init;    // parameters and statistics
  bool is_state() const { return kind == ValueKind::kParameter || kind == ValueKind::kStatistic; }
};

struct Node {
  const Op* op = nullptr;
  std::string name;  // where it stands in the network: "layer1.0.conv2"
  std::vector<ValueId> inputs, outputs;
  Attributes attributes;
  std::vector<std::string> fused;  // names of the nodes whose work rewrites moved into this one
};

/// Nodes stand in an order in which they can be executed.
struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;
  std::vector<ValueId> inputs, outputs;
  /// Names under which a checkpoint may hold a parameter instead: {published spelling, name here}; prefixes.
  std::map<std::string, std::string> aliases;

  const Value& value(ValueId id) const { return values.at(static_cast<size_t>(id)); }
  /// kNoValue if there is none.
  ValueId find(const std::string& value_name) const;
  std::vector<ValueId> state() const;  // parameters and statistics, in order of definition
  int64_t parameter_count() const;     // elements of parameters; statistics do not count
};

/// The shape of every value for given input shapes (in the order of graph.inputs): another batch or image size.
/// Throws Error if a node cannot take them.
std::vector<Shape> infer_shapes(const Graph& graph, const std::vector<Shape>& inputs);
std::vector<Shape> input_shapes(const Graph& graph, int64_t batch);
/// The bound extents of one node under `shapes` (as infer_shapes gives them).
Dims bind_dims(const Node& node, const std::vector<Shape>& shapes);
Madds total_madds(const Graph& graph);
/// The shape of output `index` of `node` for given shapes of all values.
std::vector<Shape> output_shapes(const Node& node, const std::vector<Shape>& shapes);

/// Writes a graph down, checking each node as it comes.
class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name) { graph_.name = std::move(name); }

  ValueId input(const std::string& name, Shape shape);
  ValueId parameter(const std::string& name, Shape shape, Init init);
  ValueId statistic(const std::string& name, Shape shape, Init init);
  /// Adds a node and returns its first output, whose name is the node's. An absent optional input is kNoValue.
  ValueId op(const std::string& op, const std::string& name, std::vector<ValueId> inputs, Attributes attributes = {});
  void output(ValueId value) { graph_.outputs.push_back(value); }
  void alias(const std::string& other, const std::string& name) { graph_.aliases[other] = name; }

  const Shape& shape(ValueId value) const { return graph_.value(value).shape; }
  int64_t channels(ValueId value) const { return shape(value).at(1); }
  /// Hands the graph over. Throws if it has no input or output.
  Graph finish();

 private:
  ValueId add(Value value);
  Graph graph_;
};

/// Names of one scope: Scope("layer1.0")("conv1") is "layer1.0.conv1".
std::string join(const std::string& scope, const std::string& name);

}  // namespace lithe
