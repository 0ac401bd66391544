// The switches of training, and networks that are put together.
#include "pipelines/graph/trainable.h"

#include <gtest/gtest.h>

#include "pipelines/core/threads.h"
#include "pipelines/graph/session.h"
#include "tests/graph/same_bits.h"
#include "tests/graph/small_network.h"
#include "tests/training/gradient_check.h"

namespace lithe::test {
namespace {

const Shape kImages{5, 3, 9, 11};

Gradients gradients_of(const SmallNetwork& small, const PassOptions& options) {
  Parameters parameters = small.parameters;
  Trainable net(small.graph);
  Gradients gradients;
  net.backward(net.forward(parameters, {random_tensor(kImages, 2)}, options), {random_tensor({5, 5}, 3)}, &gradients);
  return gradients;
}

TEST(Trainable, GivesTheSameBitsOnOneAndTwoThreads) {
  const SmallNetwork small = small_network();
  set_threads(1);
  const Gradients one = gradients_of(small, {});
  set_threads(2);
  const Gradients two = gradients_of(small, {});
  set_threads(0);
  for (const auto& [name, gradient] : one) EXPECT_TRUE(same_bits(gradient, two.at(name))) << name;
}

TEST(Trainable, LeavesOutWhatIsFrozen) {
  const SmallNetwork small = small_network();
  PassOptions options;
  const Gradients all = gradients_of(small, options);
  options.frozen = {"conv1.weight", "fc.bias"};
  const Gradients some = gradients_of(small, options);
  EXPECT_EQ(some.size() + 2, all.size());
  EXPECT_EQ(some.count("conv1.weight") + some.count("fc.bias"), 0);
  for (const auto& [name, gradient] : some) EXPECT_TRUE(same_bits(gradient, all.at(name))) << name;
  options.parameter_gradients = false;
  EXPECT_TRUE(gradients_of(small, options).empty());
}

TEST(Trainable, AddsToGradientsAndGoesBackTwiceThroughAPassThatIsKept) {
  const SmallNetwork small = small_network();
  Parameters parameters = small.parameters;
  Trainable net(small.graph);
  const Pass pass = net.forward(parameters, {random_tensor(kImages, 2)});
  Gradients once, twice;
  net.backward(pass, {random_tensor({5, 5}, 3)}, &once);
  net.backward(pass, {random_tensor({5, 5}, 3)}, &twice);
  net.backward(pass, {random_tensor({5, 5}, 3)}, &twice);
  for (const auto& [name, gradient] : once) {
    for (int64_t i = 0; i < gradient.size(); ++i) {
      ASSERT_EQ(twice.at(name).contiguous().data()[i], 2 * gradient.contiguous().data()[i]) << name;
    }
  }
}

TEST(Trainable, MovesStatisticsOnlyWhenAskedTo) {
  const SmallNetwork small = small_network();
  Trainable net(small.graph);
  const Tensor x = random_tensor(kImages, 2);
  const auto moved = [&](Mode mode, bool update) {
    Parameters parameters = small.parameters;
    PassOptions options;
    options.mode = mode, options.update_statistics = update;
    net.forward(parameters, {x}, options);
    return parameters;
  };
  const std::string mean = "bn1.running_mean", var = "bn1.running_var";
  for (const Parameters& same : {moved(Mode::kEval, true), moved(Mode::kTrain, false)}) {
    for (const auto& [name, t] : small.parameters) EXPECT_TRUE(same_bits(t, same.at(name))) << name;
  }
  const Parameters after = moved(Mode::kTrain, true);
  // By hand: the output of conv1 is the input of bn1.
  const Tensor y = forward(small.graph, small.parameters, {x}).value(small.graph.find("conv1")).contiguous();
  const int64_t pixels = y.dim(2) * y.dim(3), count = y.dim(0) * pixels;
  for (int64_t c = 0; c < y.dim(1); ++c) {
    double sum = 0, squares = 0;
    const auto each = [&](const auto& body) {
      for (int64_t n = 0; n < y.dim(0); ++n) {
        for (int64_t p = 0; p < pixels; ++p) body(static_cast<double>(y.data()[(n * y.dim(1) + c) * pixels + p]));
      }
    };
    each([&](double v) { sum += v; });
    const double m = sum / static_cast<double>(count);
    each([&](double v) { squares += (v - m) * (v - m); });
    const auto old = [&](const std::string& name) { return static_cast<double>(small.parameters.at(name).at(c)); };
    EXPECT_NEAR(after.at(mean).at(c), 0.9 * old(mean) + 0.1 * m, 1e-5);
    EXPECT_NEAR(after.at(var).at(c), 0.9 * old(var) + 0.1 * squares / static_cast<double>(count - 1), 1e-5);
  }
}

TEST(Trainable, KeepsLittleWithoutGradients) {
  const SmallNetwork small = small_network();
  Trainable net(small.graph);
  const auto peak = [&](bool gradients) {
    Parameters parameters = small.parameters;
    PassOptions options;
    options.parameter_gradients = gradients;
    net.reset_peak();
    const Pass pass = net.forward(parameters, {random_tensor({64, 3, 9, 11}, 2)}, options);
    return net.peak_bytes();
  };
  EXPECT_LT(peak(false), peak(true) * 3 / 4);
}

// x -> dropout.
Graph only_dropout(double p) {
  GraphBuilder g("dropout");
  const ValueId x = g.input("input", {1, 40, 5, 7});
  g.output(g.op("dropout", "drop", {x}, {{"p", p}}));
  return g.finish();
}

TEST(Dropout, DropsItsShareBySeedAndPassesTheGradientOfWhatStays) {
  Trainable net(only_dropout(0.25));
  Parameters none;
  PassOptions options;
  options.input_gradients = true;
  const Tensor ones = Tensor::filled({50, 40, 5, 7}, 1);
  const auto run = [&](uint64_t seed) {
    options.seed = seed;
    Pass pass = net.forward(none, {ones}, options);
    const Tensor y = pass.output();
    const Tensor dx = net.backward(std::move(pass), {ones}, nullptr)[0].contiguous();
    EXPECT_TRUE(same_bits(y, dx));
    return y;
  };
  const Tensor first = run(1), again = run(1), other = run(2);
  EXPECT_TRUE(same_bits(first, again));
  EXPECT_FALSE(same_bits(first, other));
  int64_t dropped = 0;
  for (int64_t i = 0; i < first.size(); ++i) {
    const float v = first.data()[i];
    if (v == 0) ++dropped;
    EXPECT_TRUE(v == 0 || std::abs(v - 4.0f / 3) < 1e-6f);
  }
  const double expected = 0.25 * static_cast<double>(first.size());
  EXPECT_NEAR(static_cast<double>(dropped), expected, 5 * std::sqrt(expected * 0.75));
  options.mode = Mode::kEval;
  EXPECT_TRUE(same_bits(run(1), ones));
}

// Composition: a generator used twice, a critic whose parameters stand still, and a gradient that is turned round.
SmallNetwork generator() {
  GraphBuilder g("generator");
  ValueId x = g.input("code", {1, 6, 4, 4});
  x = g.op("conv2d", "conv1", {x, g.parameter("conv1.weight", {18, 6, 3, 3}, {}), g.parameter("conv1.bias", {18}, {})},
           {{"pad_h", int64_t{1}}, {"pad_w", int64_t{1}}});
  x = g.op("leaky_relu", "act", {x}, {{"slope", 0.2}});
  x = g.op("conv2d", "conv2", {x, g.parameter("conv2.weight", {3, 18, 1, 1}, {})});
  g.output(g.op("tanh", "image", {x}));
  SmallNetwork net{g.finish(), {}};
  unsigned seed = 20;
  for (const ValueId id : net.graph.state()) {
    const Value& value = net.graph.value(id);
    net.parameters[value.name] = random_tensor(value.shape, seed++);
  }
  return net;
}

SmallNetwork critic() {
  GraphBuilder g("critic");
  ValueId x = g.input("image", {1, 3, 4, 4});
  x = g.op("conv2d", "conv", {x, g.parameter("conv.weight", {10, 3, 3, 3}, {})}, {{"stride_h", int64_t{2}}});
  x = g.op("global_avg_pool", "pool", {g.op("relu", "act", {x})});
  g.output(g.op("linear", "score", {x, g.parameter("score.weight", {1, 10}, {})}));
  SmallNetwork net{g.finish(), {}};
  unsigned seed = 40;
  for (const ValueId id : net.graph.state()) {
    const Value& value = net.graph.value(id);
    net.parameters[value.name] = random_tensor(value.shape, seed++);
  }
  return net;
}

Tensor times(const Tensor& t, float factor) {
  const Tensor result = t.contiguous().clone();
  for (int64_t i = 0; i < result.size(); ++i) result.data()[i] *= factor;
  return result;
}

TEST(Composition, OfAGeneratorUsedTwiceAFrozenCriticAndAGradientTurnedRound) {
  const SmallNetwork g = generator(), d = critic();
  Parameters g_parameters = g.parameters, d_parameters = d.parameters;
  Trainable make(g.graph), judge(d.graph);
  PassOptions frozen;
  frozen.parameter_gradients = false, frozen.input_gradients = true;
  const Tensor codes[] = {random_tensor({3, 6, 4, 4}, 7), random_tensor({2, 6, 4, 4}, 8)};
  const float weights[] = {1, -0.5f};  // the second one is turned round

  // Both passes of the generator are alive before the first way back.
  std::vector<Pass> made, judged;
  for (const Tensor& code : codes) made.push_back(make.forward(g_parameters, {code}));
  for (const Pass& pass : made) judged.push_back(judge.forward(d_parameters, {pass.output()}, frozen));
  Gradients gradients, of_critic;
  for (size_t i = 0; i < 2; ++i) {
    const Tensor ones = Tensor::filled(judged[i].output().shape(), 1);
    const Tensor dx = judge.backward(std::move(judged[i]), {ones}, &of_critic)[0];
    make.backward(std::move(made[i]), {times(dx, weights[i])}, &gradients);
  }
  EXPECT_TRUE(of_critic.empty());

  const auto value = [&](const std::map<std::string, Array>& at) {
    double sum = 0;
    for (size_t i = 0; i < 2; ++i) {
      auto given = at;
      given["code"] = Array(codes[i]);
      auto judging = arrays(d.graph, d.parameters, {});
      judging["image"] = run_reference(g.graph, given, true)[0];
      const Array scores = run_reference(d.graph, judging, true)[0];
      for (const double score : scores.values) sum += weights[i] * score;
    }
    return sum;
  };
  const auto given = arrays(g.graph, g.parameters, {});
  for (const auto& entry : gradients) {
    const auto direction = random_direction(given, {entry.first}, 3);
    const Along got = along(direction, gradients);
    EXPECT_NEAR(got.product, central_difference(given, direction, 1e-6, value), 1e-4 * got.size) << entry.first;
  }
  EXPECT_EQ(gradients.size(), 3);
}

// Of a value that is read, too: its gradients are summed.
TEST(Trainable, TakesGradientsWithGaps) {
  SmallNetwork small = small_network();
  const ValueId inside = small.graph.find("relu1");
  small.graph.outputs.push_back(inside);
  Trainable net(small.graph);
  const Pass pass = net.forward(small.parameters, {random_tensor(kImages, 2)});
  const Shape shape = pass.value(inside).shape();
  Shape wider = shape;
  wider[3] += 2;
  const Tensor whole = random_tensor(wider, 4);
  const Tensor slice = Tensor::view(whole.data() + 1, shape, whole.strides(), DType::kF32, nullptr);
  Gradients expected, gradients;
  net.backward(pass, {random_tensor({5, 5}, 3), slice.clone()}, &expected);
  net.backward(pass, {random_tensor({5, 5}, 3), slice}, &gradients);
  for (const auto& [name, gradient] : expected) EXPECT_TRUE(same_bits(gradients.at(name), gradient)) << name;
}

TEST(Trainable, SaysWhatDoesNotFit) {
  const SmallNetwork small = small_network();
  Parameters parameters = small.parameters;
  Trainable net(small.graph);
  const Pass pass = net.forward(parameters, {random_tensor(kImages, 2)});
  EXPECT_THROW(net.backward(pass, {random_tensor({5, 4}, 3)}, nullptr), Error);
  EXPECT_THROW(net.forward(parameters, {random_tensor({5, 4, 9, 11}, 2)}), Error);
  parameters.erase("fc.bias");
  EXPECT_THROW(net.forward(parameters, {random_tensor(kImages, 2)}), Error);
}

}  // namespace
}  // namespace lithe::test
