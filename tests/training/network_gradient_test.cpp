// Gradients of whole networks against central differences in double precision.
#include <gtest/gtest.h>

#include "pipelines/networks/registry.h"
#include "tests/graph/small_network.h"
#include "tests/networks/live_weights.h"
#include "tests/training/gradient_check.h"

namespace lithe::test {
namespace {

struct Case {
  Graph graph;
  Parameters parameters;
  Tensor input;
  Mode mode;
  double tolerance;    // of the gradient's size
  double step = 1e-6;  // of the differences: small where corners of ReLUs and maxima lie close together
};

// The sum of all outputs, each element times a fixed number.
std::vector<Tensor> output_gradients(const Pass& pass, size_t outputs) {
  std::vector<Tensor> gradients;
  for (size_t i = 0; i < outputs; ++i) {
    gradients.push_back(random_tensor(pass.output(i).shape(), 90 + static_cast<unsigned>(i)));
  }
  return gradients;
}

// Every tensor alone if there are few; then all of them together, and the input.
void check(const Case& c, bool each_tensor) {
  Parameters parameters = c.parameters;
  Trainable net(c.graph);
  PassOptions options;
  options.mode = c.mode;
  options.input_gradients = true;
  Pass pass = net.forward(parameters, {c.input}, options);
  const std::vector<Tensor> u = output_gradients(pass, c.graph.outputs.size());
  Gradients gradients;
  const std::string input = c.graph.value(c.graph.inputs[0]).name;
  const Tensor dx = net.backward(std::move(pass), u, &gradients)[0];
  std::vector<std::string> all;
  for (const auto& entry : gradients) all.push_back(entry.first);
  EXPECT_EQ(all.size(), std::count_if(c.graph.values.begin(), c.graph.values.end(),
                                      [](const Value& v) { return v.kind == ValueKind::kParameter; }));
  gradients[input] = dx;

  const auto given = arrays(c.graph, c.parameters, {c.input});
  const auto value = [&](const std::map<std::string, Array>& at) {
    const std::vector<Array> outputs = run_reference(c.graph, at, c.mode == Mode::kTrain);
    double sum = 0;
    for (size_t i = 0; i < outputs.size(); ++i) sum += product(outputs[i], u[i]);
    return sum;
  };
  std::vector<std::vector<std::string>> groups{all, {input}};
  for (const std::string& name : all) {
    if (each_tensor) groups.push_back({name});
  }
  const Along whole = along(random_direction(given, all, 1), gradients);
  for (size_t g = 0; g < groups.size(); ++g) {
    const auto direction = random_direction(given, groups[g], static_cast<unsigned>(g));
    const Along got = along(direction, gradients);
    EXPECT_NEAR(got.product, central_difference(given, direction, c.step, value),
                c.tolerance * (got.size + 1e-2 * whole.size))
        << groups[g][0] << " and " << groups[g].size() - 1 << " more";
  }
}

// A few images of noise, with weights whose BatchNorms do something. `images`: a seed for which no ReLU is so close to
// its corner that single precision takes the other side; that would cost a percent of the input's gradient.
Case network(const std::string& name, const std::map<std::string, std::string>& options, const Shape& input, Mode mode,
             uint64_t images = 6) {
  Graph graph = build_network(name, options);
  const Parameters weights = live_weights(graph, 5);
  return {std::move(graph), weights, noise_images(input[0], input[1], input[2], input[3], images), mode, 1e-3, 1e-8};
}

TEST(NetworkGradients, OfASmallNetwork) {
  SmallNetwork small = small_network();
  for (const Mode mode : {Mode::kTrain, Mode::kEval}) {
    Graph graph = small.graph;
    for (Node& node : graph.nodes) {
      if (node.op->name() == "dropout") node.attributes["p"] = 0.0;
    }
    check({graph, small.parameters, random_tensor({5, 3, 9, 11}, 2), mode, 1e-4}, true);
  }
}

Case without_dropout(Case c) {
  for (Node& node : c.graph.nodes) {
    if (node.op->name() == "dropout") node.attributes["p"] = 0.0;
  }
  return c;
}

TEST(NetworkGradients, OfMicroNet) {
  check(without_dropout(network("micronet_m0", {}, {6, 3, 64, 64}, Mode::kTrain)), false);
  check(network("micronet_m0", {}, {2, 3, 64, 64}, Mode::kEval), false);
}

TEST(NetworkGradients, OfDynamicConvolutionDecomposition) {
  check(without_dropout(network("dcd_mobilenet_v2", {{"width", "0.35"}}, {6, 3, 64, 64}, Mode::kTrain)), false);
}

TEST(NetworkGradients, OfDynamicTransfer) { check(network("drt_resnet18", {}, {1, 3, 64, 64}, Mode::kEval, 7), false); }

}  // namespace
}  // namespace lithe::test
