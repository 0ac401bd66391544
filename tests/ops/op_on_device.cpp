#include "pipelines/graph/session.h"
#include "tests/devices/usable.h"
#include "tests/ops/op_suite.h"

namespace lithe::test {

// As a network of one node, whose parameters are what has no batch.
void check_on_devices(const OpCase& c, const std::vector<double>& expected) {
  GraphBuilder g("test");
  Parameters parameters;
  std::vector<ValueId> values;
  std::vector<Tensor> inputs;
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    const std::string name = c.node.op->port_of(i).name + std::to_string(i);
    const Tensor& given = c.inputs[i];
    if (given.empty()) {
      values.push_back(kNoValue);
    } else if (c.has_batch(i)) {
      values.push_back(g.input(name, given.shape()));
      inputs.push_back(given);
    } else {
      values.push_back(g.parameter(name, given.shape(), Init()));
      parameters[name] = given;
    }
  }
  g.output(g.op(c.node.op->name(), "test", values, c.node.attributes));
  const Graph graph = g.finish();
  const Tensor reference = Tensor::of(c.output_shapes[0], {expected.begin(), expected.end()});
  for (const Device device : usable_devices()) {
    SCOPED_TRACE(name_of(device));
    const std::vector<Tensor> outputs = Session(graph, parameters, {false, device}).run(inputs);
    EXPECT_LE(relative_difference(outputs[0], reference), 1e-4);
  }
}

}  // namespace lithe::test
